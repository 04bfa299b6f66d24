"""Opens reports in a real headless Chromium and does what a reviewer does: looks, filters, marks, saves, loads.

usage: python browser_test.py REPORT [REPORT ...] [--chromium FILE] [--shots DIR]

REPORT is a report.html of at least 30 copies. Anything in the console, any request that leaves the file, and any control without a
name is a failure. Chromium is the one that playwright installs (playwright install chromium) or --chromium FILE. Prints a line for each
thing that was seen to hold and ends with code 1 at the first that does not.
"""

import argparse
import json
import os
import platform
import tempfile
import time

from playwright.sync_api import sync_playwright

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
SLOW = 1.5  # seconds that an answer to a filter may take


class Visit:
    """A report that is open in a context of its own, in which nothing is stored yet."""

    def __init__(self, browser, report, shots, viewport=None, scheme="light", **more):
        self.context = browser.new_context(
            viewport=viewport or WIDE, color_scheme=scheme, accept_downloads=True, **more
        )
        self.page = self.context.new_page()
        self.console = []
        self.requests = []
        self.shots = shots
        self.name = os.path.basename(os.path.dirname(os.path.abspath(report)))
        self.page.on("console", lambda message: self.console.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.console.append(f"error: {error}"))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", lambda dialog: dialog.accept())
        begin = time.monotonic()
        self.page.goto("file://" + os.path.abspath(report))
        self.page.wait_for_selector(".card")
        self.opened = time.monotonic() - begin

    def close(self):
        assert not self.console, f"console: {self.console}"
        outside = [url for url in self.requests if not url.startswith(("file:", "data:", "blob:"))]
        assert not outside, f"requests: {outside}"
        self.context.close()

    def shot(self, what, full=False):
        if self.shots:
            self.page.screenshot(path=os.path.join(self.shots, f"{self.name}-{what}.png"), full_page=full)

    def found(self):
        """How many pictures are found, of how many, accepted, rejected, as the page says it."""
        words = self.page.inner_text("#status").split()
        return int(words[0]), int(words[2]), int(words[6]), int(words[9])

    def cards(self):
        return self.page.eval_on_selector_all(".card", "all => all.map(card => card.getAttribute('aria-label'))")

    def consistencies(self):
        return [float(label.split("consistency ")[1].split(",")[0]) for label in self.cards()]

    def focused(self):
        return self.page.evaluate("document.activeElement.getAttribute('aria-label')")

    def data(self):
        return json.loads(self.page.text_content("#sgid-data"))


def said(what):
    print("ok   " + what)


def pictures(visit):
    """Every picture of the page is decoded, and the worst stands first."""
    page = visit.page
    page.evaluate("Promise.all([...document.querySelectorAll('main img')].map(image => image.decode()))")
    broken = page.eval_on_selector_all("main img", "all => all.filter(image => image.naturalWidth === 0).length")
    assert broken == 0, broken
    shown = page.locator("main img").count()
    assert shown > 0
    numbers = visit.consistencies()
    assert numbers == sorted(numbers), numbers
    said(f"{visit.name}: {shown} pictures of the first page are there, the worst consistency first ({numbers[0]}), "
         f"opened in {visit.opened:.1f} s")


def filters(visit):
    page = visit.page
    found, total, _, _ = visit.found()
    assert found == total == visit.data()["shown"]
    label = visit.data()["classes"][0]
    begin = time.monotonic()
    page.select_option("#class", "=" + label["label"])
    seconds = time.monotonic() - begin
    assert all(card.startswith(label["label"] + ", ") for card in visit.cards())
    only = visit.found()[0]
    assert 0 < only <= total
    assert len(visit.data()["classes"]) == 1 or only < total
    page.click("#reset")
    middle = visit.data()["consistency"]["median"]
    page.fill("#consistency-max", f"{middle:.3f}")
    assert all(number <= middle + 5e-4 for number in visit.consistencies())
    below = visit.found()[0]
    page.fill("#consistency-max", "")
    page.fill("#consistency-min", f"{middle:.3f}")
    assert all(number >= middle - 5e-4 for number in visit.consistencies())
    assert abs(below + visit.found()[0] - total) <= total / 10
    page.click("#reset")
    page.fill("#search", visit.data()["sources"][0][0])
    searched = visit.found()[0]
    assert 0 < searched < total
    page.fill("#search", "no picture has this")
    assert page.is_visible(".empty")
    page.click("#reset")
    page.click("#order")
    numbers = visit.consistencies()
    assert numbers == sorted(numbers, reverse=True)
    page.click("#order")
    bar = page.locator("#charts .chart").first.locator("rect.hit").first
    bar.click()
    assert 0 < visit.found()[0] < total
    bar.click()
    assert visit.found()[0] == total
    assert seconds < SLOW, seconds
    said(f"{visit.name}: filter by class ({only} of {total}, {seconds * 1000:.0f} ms), bounds, search, order, a bar of a histogram")


def pages(visit):
    page = visit.page
    first = visit.cards()[0]
    page.click("#next")
    assert visit.cards()[0] != first
    last = int(page.inner_text("#of"))
    page.fill("#page", str(last))
    page.press("#page", "Enter")
    assert page.is_disabled("#next")
    numbers = visit.consistencies()
    page.fill("#page", "1")
    page.press("#page", "Enter")
    assert visit.cards()[0] == first
    assert numbers[-1] == max(numbers)
    nodes = page.evaluate("document.querySelectorAll('*').length")
    assert nodes < 3000, nodes
    said(f"{visit.name}: {last} pages, {nodes} elements in the page whatever their number")


def marks(visit, folder):
    """Accept, reject, save, forget, load; and a review of others is refused."""
    page = visit.page
    cards = page.locator(".card")
    names = [page.evaluate("i => document.querySelectorAll('.card img[alt^=Copy]')[i].alt.slice(5)", i) for i in range(3)]
    cards.nth(0).locator("button.reject").click()
    cards.nth(1).locator("button.reject").click()
    cards.nth(2).locator("button.accept").click()
    assert visit.found()[2:] == (1, 2)
    page.select_option("#mark", "reject")
    assert visit.found()[0] == 2
    page.select_option("#mark", "none")
    assert visit.found()[0] == visit.found()[1] - 3
    page.click("#reset")
    page.reload()
    page.wait_for_selector(".card")
    assert visit.found()[2:] == (1, 2), "marks are lost by a reload"
    with page.expect_download() as download:
        page.click("#save")
    saved = os.path.join(folder, download.value.suggested_filename)
    download.value.save_as(saved)
    with open(saved, encoding="utf-8") as file:
        review = json.load(file)
    assert review["kind"] == "sgid-review" and review["format"] == 1
    assert {mark["file_name"]: mark["mark"] for mark in review["marks"]} == dict(zip(names, ["reject", "reject", "accept"]))
    page.click("#clear")
    assert visit.found()[2:] == (0, 0)
    page.set_input_files("#file", saved)
    page.locator("#said", has_text="Loaded").wait_for()
    assert visit.found()[2:] == (1, 2)
    review["job"]["seed"] = 12345
    other = os.path.join(folder, "other.json")
    with open(other, "w", encoding="utf-8") as file:
        json.dump(review, file)
    page.set_input_files("#file", other)
    page.locator("#said", has_text="seed was 12345").wait_for()
    page.set_input_files("#file", {"name": "x.json", "mimeType": "application/json", "buffer": b"{"})
    page.locator("#said", has_text="That is no review").wait_for()
    assert visit.found()[2:] == (1, 2)
    visit.shot("marked")
    said(f"{visit.name}: marks are kept over a reload, saved, cleared, loaded again; another job's review is refused")
    return saved


def keyboard(visit):
    """All of it without a mouse."""
    page = visit.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    cards = visit.cards()
    assert visit.focused() == cards[0], visit.focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px", outline
    page.keyboard.press("r")
    assert visit.found()[3] == 1 and visit.focused() == cards[1]
    page.keyboard.press("a")
    page.keyboard.press("k")
    assert visit.focused().endswith("accepted"), visit.focused()
    page.keyboard.press("u")
    assert visit.found()[2:] == (0, 1)
    page.keyboard.press("Enter")
    assert page.is_visible("#details")
    page.keyboard.press("r")
    assert visit.found()[3] == 2
    visit.shot("details")
    before = page.inner_text("#details-title")
    page.keyboard.press("j")
    assert page.inner_text("#details-title") != before
    page.keyboard.press("k")
    assert page.inner_text("#details-title") == before
    page.keyboard.press("Escape")
    assert not page.is_visible("#details")
    page.keyboard.press("/")
    page.keyboard.type("jar?")  # keys that mean something elsewhere are letters here
    assert page.input_value("#search") == "jar?" and visit.found()[2:] == (0, 2)
    page.keyboard.press("Escape")
    page.fill("#search", "")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.is_visible("#helping")
    visit.shot("help")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    assert page.locator(".group").count() > 0
    visit.shot("groups")
    page.keyboard.press("g")
    page.keyboard.press("n")
    assert page.input_value("#page") == "2"
    page.keyboard.press("k")
    assert page.input_value("#page") == "1"
    with page.expect_download():
        page.keyboard.press("s")
    seen = set()
    for _ in range(400):
        page.keyboard.press("Tab")
        at = page.evaluate("document.activeElement.id")
        if at:
            seen.add(at)
        if at == "next":
            break
    wanted = {"page", "next"}
    assert wanted <= seen, seen
    said(f"{visit.name}: by keyboard alone: marks, closer look, search, help, pages, saving; the focus is seen")


def names(visit):
    """What a screen reader needs: each control and picture has a name; texts stand out from what is behind."""
    nameless = visit.page.evaluate(
        """[...document.querySelectorAll('button, input:not([hidden]), select, img, svg:not([aria-hidden])')].filter(e =>
             !(e.getAttribute('aria-label') || e.alt || e.textContent.trim() || (e.labels && e.labels.length))).length"""
    )
    assert nameless == 0, nameless
    faint = visit.page.evaluate(
        """(() => {
             const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
             const light = color => {
               canvas.fillStyle = color;
               canvas.fillRect(0, 0, 1, 1);
               const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(v => v / 255)
                 .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
               return .2126 * r + .7152 * g + .0722 * b;
             };
             const behind = e => {
               for (let at = e; at; at = at.parentElement) {
                 const color = getComputedStyle(at).backgroundColor;
                 if (color !== 'rgba(0, 0, 0, 0)') return color;
               }
               return 'white';
             };
             return [...document.querySelectorAll('body *')].filter(e => !e.closest('script, style, noscript, dialog, svg, .skip, #said')
                 && !e.disabled && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.offsetParent)
               .map(e => {
                 const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
                 return [(a + .05) / (b + .05), e.tagName + '.' + e.className + ': ' + e.textContent.trim().slice(0, 30)];
               }).sort((x, y) => x[0] - y[0])[0];
           })()"""
    )
    assert faint[0] >= 4.5, faint
    return faint[0]


def hostile(browser, report, shots, folder):
    """Texts that are HTML are texts, wherever they stand."""
    evil = "</script><img src=x onerror=alert(1)>{{script}}<!--"
    with open(report, encoding="utf-8") as file:
        html = file.read()
    begin = html.index(">", html.index('id="sgid-data"')) + 1
    end = html.index("</script>", begin)
    data = json.loads(html[begin:end])
    data["title"] = data["job"]["sgid"] = data["originalsMissing"] = evil
    data["common"][evil] = evil
    for source in data["sources"]:
        source[0], source[1], source[2], source[3] = evil + source[0], evil + source[1], -1, evil
    for label in data["classes"]:
        label["label"] = evil + label["label"]
    for row in data["rows"]:
        row[3:] = [evil + field if isinstance(field, str) else field for field in row[3:]]
    made = os.path.join(folder, "report.html")
    with open(made, "w", encoding="utf-8") as file:
        file.write(html[:begin] + json.dumps(data).replace("<", "\\u003c") + html[end:])
    visit = Visit(browser, made, shots)
    visit.page.on("dialog", lambda dialog: visit.console.append("a dialog: " + dialog.message))
    assert evil in visit.page.inner_text("#subtitle") and evil in visit.page.inner_text("#notes")
    visit.page.select_option("#class", "=" + data["classes"][0]["label"])
    assert visit.found()[0] > 0
    visit.page.click("#how summary")
    visit.page.click("#by-class summary")
    visit.page.locator(".card .closer").first.click()
    assert evil in visit.page.inner_text("#details-body")
    images = visit.page.eval_on_selector_all("img", "all => all.filter(image => !image.src.startsWith('data:')).length")
    assert images == 0, images
    assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    visit.close()
    said(f"{os.path.basename(os.path.dirname(os.path.abspath(report)))}: names, labels and captions that are HTML stay texts")


def wide_and_narrow(browser, report, shots):
    for what, viewport, scheme in [("light", WIDE, "light"), ("dark", WIDE, "dark"),
                                   ("phone", PHONE, "light"), ("phone-dark", PHONE, "dark")]:
        visit = Visit(browser, report, shots, viewport, scheme, has_touch=what.startswith("phone"))
        for page_view in ["pairs", "groups"]:
            visit.page.select_option("#view", page_view)
            over = visit.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, f"{what}, {page_view}: {over} pixels wider than the screen"
        visit.page.select_option("#view", "pairs")
        visit.page.click("#by-class summary")
        visit.page.click("#how summary")
        assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        visit.shot(what + "-tables")
        visit.page.click("#how summary")
        visit.page.click("#by-class summary")
        visit.page.locator(".card button.reject").first.click()
        contrast = names(visit)
        visit.shot(what)
        if what.startswith("phone"):
            visit.page.locator(".card").first.scroll_into_view_if_needed()
            visit.shot(what + "-cards")
            small = visit.page.eval_on_selector_all(
                ".card .actions button", "all => Math.min(...all.map(b => b.getBoundingClientRect().height))")
            assert small >= 44, small
        visit.close()
        said(f"{visit.name}: {what}, {viewport['width']} pixels wide: nothing beside the screen, "
             f"every control named, contrast of text at least {contrast:.1f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="+", metavar="REPORT")
    parser.add_argument("--chromium", help="the program; default: playwright's own")
    parser.add_argument("--shots", help="a folder for screenshots")
    options = parser.parse_args()
    if options.shots:
        os.makedirs(options.shots, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        print(f"Chromium {browser.version} on {platform.machine()}")
        for report in options.reports:
            size = os.path.getsize(report) / 1e6
            visit = Visit(browser, report, options.shots)
            data = visit.data()
            print(f"{report}: {data['shown']} of {data['pictures']} copies, {data['originals']} originals, {size:.1f} MB")
            pictures(visit)
            filters(visit)
            pages(visit)
            marks(visit, folder)
            visit.close()
            visit = Visit(browser, report, options.shots)
            keyboard(visit)
            visit.close()
            hostile(browser, report, None, folder)
            wide_and_narrow(browser, report, options.shots)
        browser.close()


main()
