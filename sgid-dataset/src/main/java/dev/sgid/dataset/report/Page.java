package dev.sgid.dataset.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.sgid.internal.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Base64;
import java.util.List;

/**
 * The HTML around a report's data. The page is made by scripts and a style sheet that lie in it; a
 * content security policy lets nothing but these run, and nothing be loaded, whatever stands in the
 * data. Data are JSON in which no {@code <} occurs, and the scripts put them into the page as text.
 */
final class Page {
  /** How many small pictures are decoded at once. */
  static final int THUMBNAILS = 200;

  private static final List<String> SCRIPTS =
      List.of("model.js", "marks.js", "charts.js", "cards.js", "app.js");
  private static final String DATA = "{{data}}";

  private Page() {}

  /** Writes the page. */
  static void write(Writer html, String title, JsonObject data, List<String> thumbnails)
      throws IOException {
    String style = resource("report.css");
    String script = script();
    String template =
        resource("report.html")
            .replace("{{title}}", escaped(title))
            .replace("{{style-hash}}", hash(style))
            .replace("{{script-hash}}", hash(script))
            .replace("{{style}}", style)
            .replace("{{script}}", script);
    int at = template.indexOf(DATA);
    html.write(template, 0, at);
    block(html, "sgid-data", data.toString().replace("<", "\\u003c"));
    for (int from = 0; from < thumbnails.size(); from += THUMBNAILS) {
      JsonArray part = new JsonArray();
      thumbnails.subList(from, Math.min(thumbnails.size(), from + THUMBNAILS)).forEach(part::add);
      block(html, "sgid-thumbnails-" + from / THUMBNAILS, part.toString());
    }
    html.write(template.substring(at + DATA.length()));
  }

  /** JSON that the page finds by its name. Without {@code <} it can't end early. */
  private static void block(Writer html, String id, String json) throws IOException {
    html.write("<script type=\"application/json\" id=\"" + id + "\">");
    html.write(json);
    html.write("</script>\n");
  }

  private static String script() {
    StringBuilder script = new StringBuilder("(() => {\n'use strict';\n");
    SCRIPTS.forEach(name -> script.append(resource(name)));
    return script.append("})();\n").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("{", "&#123;");
  }

  private static String hash(String content) {
    byte[] digest = Sha256.digest().digest(content.getBytes(UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(digest);
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The jar lacks " + name);
      }
      // the policy's hashes are of the text that a browser reads
      return new String(in.readAllBytes(), UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
