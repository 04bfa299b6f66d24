package dev.sgid.cli.pull;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A server that may lie: a test writes each answer byte by byte. One request a connection. */
final class Answering implements AutoCloseable {
  /**
   * A request.
   *
   * @param path with the query
   * @param headers by names in small letters
   */
  record Request(String path, Map<String, String> headers) {
    /** Where the range begins that is asked for; 0 for all. */
    int from() {
      String range = headers.getOrDefault("range", "bytes=0-");
      return Integer.parseInt(range.replaceAll("\\D", ""));
    }
  }

  /** What a test answers. */
  interface Answer {
    void to(Request request, OutputStream out) throws IOException;
  }

  private final ServerSocket socket;
  private final Answer answer;
  private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());

  Answering(Answer answer) throws IOException {
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.answer = answer;
    Thread thread = new Thread(this::accept, "answering");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        Thread thread = new Thread(() -> serve(connection), "answer");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(connection.getInputStream(), ISO_8859_1));
      String path = in.readLine().split(" ", -1)[1];
      Map<String, String> headers = new LinkedHashMap<>();
      for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      Request request = new Request(path, headers);
      requests.add(request);
      answer.to(request, connection.getOutputStream());
      connection.getOutputStream().flush();
    } catch (IOException e) {
      return; // the client has gone, as it may
    }
  }

  String url(String path) {
    return "http://"
        + socket.getInetAddress().getHostAddress()
        + ":"
        + socket.getLocalPort()
        + path;
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  /** An answer's beginning: the status, headers, and that the connection ends with it. */
  static void head(OutputStream out, String status, String... headers) throws IOException {
    StringBuilder text = new StringBuilder("HTTP/1.1 " + status + "\r\nConnection: close\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    out.write(text.append("\r\n").toString().getBytes(ISO_8859_1));
  }

  /** An honest server's answer: the whole, or the range that is asked for where it still fits. */
  static void honest(Request request, OutputStream out, byte[] content, String tag)
      throws IOException {
    int from = request.from();
    boolean same = tag.equals(request.headers().get("if-range"));
    if (from > 0 && same) {
      head(
          out,
          "206 Partial Content",
          "ETag: " + tag,
          "Content-Range: bytes " + from + "-" + (content.length - 1) + "/" + content.length,
          "Content-Length: " + (content.length - from));
      out.write(content, from, content.length - from);
    } else {
      head(out, "200 OK", "ETag: " + tag, "Content-Length: " + content.length);
      out.write(content);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
