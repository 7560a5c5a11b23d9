"""The machine's own Chromium, as a reader's browser."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = {"phone": 360, "tablet": 768, "desk": 1280}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Lend a browser; nothing is downloaded."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],  # as root in a container
        )
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser, page: Path, width: int, scheme: str = "light", *, script: bool = False
) -> Iterator[Page]:
    """Lend *page* as a reader sees it; scripts are off unless something of ours has to run."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]  # "light" or "dark"
        java_script_enabled=script,
        offline=True,
    )
    shown = context.new_page()
    shown.goto(page.as_uri())
    yield shown
    context.close()


def violations(page: Page) -> list[str]:
    """Return what axe-core finds that keeps a reader out, as rule, element and why."""
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [
        f"{each['id']}: {node['html'][:120]}: {node['failureSummary'][:300]}"
        for each in found.response["violations"]
        for node in each["nodes"]
    ]
