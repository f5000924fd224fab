package dev.rollcall.http.server;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A headless Chromium with nothing of its own to say to the network. */
final class Chromium implements AutoCloseable {
  /** On a busy machine a list may take seconds, after which the page rests for half a minute. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ChromeDriver driver;
  private final List<Object> initialScripts = new ArrayList<>();

  /**
   * Starts one.
   *
   * @param profile an empty folder
   */
  Chromium(Path profile) {
    var options = new ChromeOptions();
    options.setBinary(onThePath("chromium", "chromium-browser", "google-chrome").toFile());
    options.addArguments(
        "--headless",
        "--no-sandbox", // root has none
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP rebound.example 127.0.0.1",
        "--user-data-dir=" + profile);
    var logged = new LoggingPreferences();
    logged.enable(LogType.BROWSER, Level.ALL);
    logged.enable(LogType.PERFORMANCE, Level.ALL);
    options.setCapability("goog:loggingPrefs", logged);
    var service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(onThePath("chromedriver").toFile())
            .build();
    this.driver = new ChromeDriver(service, options);
    driver.manage().timeouts().scriptTimeout(PATIENCE);
  }

  private static Path onThePath(String... programs) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(folder -> Arrays.stream(programs).map(program -> Path.of(folder, program)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the tests of the page need chromium and chromedriver on the PATH, and "
                        + programs[0]
                        + " is not; .ci/install-chromium installs both on Debian"));
  }

  ChromeDriver driver() {
    return driver;
  }

  /** Makes the window look like a device. */
  void resize(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  /** Moves the pointer. */
  void pointAt(int x, int y) {
    driver.executeCdpCommand(
        "Input.dispatchMouseEvent", Map.of("type", "mouseMoved", "x", x, "y", y));
  }

  /** Moves the pointer and presses its button there. */
  void press(int x, int y) {
    pointAt(x, y);
    button("mousePressed", x, y);
  }

  /** Moves the pointer and releases its button there. */
  void release(int x, int y) {
    driver.executeCdpCommand(
        "Input.dispatchMouseEvent",
        Map.of("type", "mouseMoved", "x", x, "y", y, "button", "left", "buttons", 1));
    button("mouseReleased", x, y);
  }

  private void button(String type, int x, int y) {
    driver.executeCdpCommand(
        "Input.dispatchMouseEvent",
        Map.of("type", type, "x", x, "y", y, "button", "left", "clickCount", 1));
  }

  /** Puts a finger on the page. */
  void touch(int x, int y) {
    driver.executeCdpCommand(
        "Input.dispatchTouchEvent",
        Map.of("type", "touchStart", "touchPoints", List.of(Map.of("x", x, "y", y))));
  }

  /** Moves the finger that is on the page. */
  void moveTouch(int x, int y) {
    driver.executeCdpCommand(
        "Input.dispatchTouchEvent",
        Map.of("type", "touchMove", "touchPoints", List.of(Map.of("x", x, "y", y))));
  }

  /** Takes the finger off the page. */
  void endTouch() {
    driver.executeCdpCommand(
        "Input.dispatchTouchEvent", Map.of("type", "touchEnd", "touchPoints", List.of()));
  }

  /** Chooses what the page's media queries find, such as {@code prefers-color-scheme: dark}. */
  void emulate(String feature, String value) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", feature, "value", value))));
  }

  /** Runs a script in each page that is opened, before the page's own, until all are forgotten. */
  void runFirst(String script) {
    initialScripts.add(
        driver
            .executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", script))
            .get("identifier"));
  }

  void forgetInitialScripts() {
    for (Object id : initialScripts) {
      driver.executeCdpCommand(
          "Page.removeScriptToEvaluateOnNewDocument", Map.of("identifier", id));
    }
    initialScripts.clear();
  }

  /** Makes timers of some milliseconds take others, in the pages that are opened from now on. */
  void hurry(Map<Integer, Integer> millis) {
    String pairs =
        millis.entrySet().stream()
            .map(each -> each.getKey() + ": " + each.getValue())
            .collect(Collectors.joining(", "));
    runFirst(
        "const real = window.setTimeout; const hurried = {"
            + pairs
            + "}; window.setTimeout = (step, ms, ...rest) => real(step, hurried[ms] ?? ms, ...rest);");
  }

  WebElement find(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  List<String> texts(String selector) {
    return driver.findElements(By.cssSelector(selector)).stream().map(WebElement::getText).toList();
  }

  /** Runs a script in the page and returns what it returns. */
  @SuppressWarnings("TypeParameterUnusedInFormals") // a script's result is what the caller expects
  <T> T run(String script) {
    @SuppressWarnings("unchecked")
    T result = (T) ((JavascriptExecutor) driver).executeScript(script);
    return result;
  }

  /** Waits until a script returns true. */
  void await(String condition) {
    new WebDriverWait(driver, PATIENCE, Duration.ofMillis(20))
        .withMessage(condition)
        .until(ignored -> Boolean.TRUE.equals(run("return " + condition)));
  }

  /**
   * Returns what the page's console has been told since the last call, policy breaches included.
   */
  List<String> console() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .toList();
  }

  /** Returns the URLs that were asked for since the last call. */
  List<String> requested() {
    Pattern sent =
        Pattern.compile("\"Network\\.requestWillBeSent\".*?\"request\":\\{.*?\"url\":\"([^\"]+)\"");
    return driver.manage().logs().get(LogType.PERFORMANCE).getAll().stream()
        .map(entry -> sent.matcher(entry.getMessage()))
        .filter(java.util.regex.Matcher::find)
        .map(found -> found.group(1))
        .toList();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
