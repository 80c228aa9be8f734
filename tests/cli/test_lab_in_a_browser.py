"""JupyterLab as an analyst opens it: a notebook runs from top to bottom and shows its charts."""

import json
import os
import socket
import subprocess
import sys
import time

import pytest
from playwright.sync_api import expect, sync_playwright

from certanalytics.report.browser import arguments

pytestmark = pytest.mark.browser


@pytest.fixture
def lab(company, tmp_path):
    """What a running `certanalytics lab` says of itself: address, host, token."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    runtime = tmp_path / "runtime"
    # CI may be root, whom Jupyter refuses unless told otherwise; a user's own settings stay out of the way.
    (tmp_path / "jupyter_server_config.json").write_text(json.dumps({"ServerApp": {"allow_root": True}}))
    places = {"JUPYTER_RUNTIME_DIR": str(runtime), "JUPYTER_CONFIG_DIR": str(tmp_path), "HOME": str(tmp_path)}
    options = ["--estate", str(company.estate), "--folder", str(tmp_path / "notebooks"), "--port", str(port)]
    command = [sys.executable, "-m", "certanalytics", "lab", "--no-browser", *options]
    with (tmp_path / "lab.log").open("w") as log:
        process = subprocess.Popen(command, env={**os.environ, **places}, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 90
            while not (found := list(runtime.glob("jpserver-*.json"))):
                assert process.poll() is None, (tmp_path / "lab.log").read_text()
                assert time.monotonic() < deadline, (tmp_path / "lab.log").read_text()
                time.sleep(0.3)
            yield json.loads(found[0].read_text())
        finally:
            process.terminate()
            process.wait(30)
    assert list(runtime.glob("jpserver-*.json")) == [], "the server went on alone"


def test_a_notebook_runs_and_shows_its_charts(lab, chromium):
    assert lab["hostname"] == "127.0.0.1"
    assert lab["token"]
    requested = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=arguments())
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.on("request", lambda request: requested.append(request.url))
        page.goto(f"{lab['url']}lab/tree/10_expiry_horizons.ipynb?token={lab['token']}")
        expect(page.locator(".jp-NotebookPanel")).to_be_visible(timeout=90_000)
        expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=120_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        chart = page.locator(".jp-OutputArea .js-plotly-plot .main-svg").first
        expect(chart).to_be_attached(timeout=180_000)
        expect(page.locator(".jp-OutputArea .js-plotly-plot .point").first).to_be_attached(timeout=30_000)
        expect(page.get_by_text("official Jupyter news")).to_have_count(0)
        expect(page.locator("[data-mime-type='application/vnd.jupyter.stderr']")).to_have_count(0)
        page.screenshot(path=os.environ.get("CERTANALYTICS_LAB_PICTURE", os.devnull), type="png")
        browser.close()
    ours = (lab["url"], "data:", "blob:")
    assert [url for url in requested if not url.startswith(ours)] == []
