package dev.rollcall.app.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rollcall.http.server.harness.CapturedErr;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMDCAdapter;

class LineLoggerTest {
  private static final String NASTY =
      "a \"b\"\\\r\n\t\u001b[31m\u009b\u202e\u2028\ud800 ä\ud83d\ude00";

  private final BasicMDCAdapter context = new BasicMDCAdapter();
  private final CapturedErr err = new CapturedErr();

  @AfterEach
  void close() {
    err.close();
  }

  private Logger logger(LineFormat format) {
    return new LineLogger("test", Level.INFO, format, context);
  }

  private String line() {
    assertThat(err.lines()).hasSize(1);
    return err.lines().get(0);
  }

  private JsonNode json() throws Exception {
    return new ObjectMapper().readTree(line());
  }

  @Test
  void aLineStartsWithWhenHowGraveAndWhat() {
    logger(LineFormat.KEY_VALUE).info("service.registered");

    assertThat(line())
        .matches(
            "time=\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z level=info"
                + " event=service.registered logger=test");
  }

  @Test
  void pairsFollowAndThenTheContext() {
    context.put("request_id", "r1");
    logger(LineFormat.KEY_VALUE).atWarn().addKeyValue("n", 3).addKeyValue("s", "x y").log("e");

    assertThat(line()).endsWith(" level=warn event=e n=3 s=\"x y\" request_id=r1 logger=test");
  }

  @Test
  void aValueThatIsNotPlainStandsEscapedInQuotes() {
    logger(LineFormat.KEY_VALUE).atInfo().addKeyValue("v", NASTY).addKeyValue("w", "").log("e");

    assertThat(line())
        .contains(
            "v=\"a \\\"b\\\"\\\\\\r\\n\\t\\u001b[31m\\u009b\\u202e\\u2028\\ud800 ä\ud83d\ude00\" w=\"\"");
  }

  @Test
  void jsonSaysTheSameAndReadsBack() throws Exception {
    context.put("request_id", "r1");
    logger(LineFormat.JSON)
        .atInfo()
        .addKeyValue("v", NASTY)
        .addKeyValue("n", 3)
        .addKeyValue("b", true)
        .addKeyValue("none", (Object) null)
        .log("e");

    JsonNode line = json();
    assertThat(Instant.parse(line.path("time").textValue())).isBeforeOrEqualTo(Instant.now());
    assertThat(line.path("level").textValue()).isEqualTo("info");
    assertThat(line.path("event").textValue()).isEqualTo("e");
    assertThat(line.path("v").textValue()).isEqualTo(NASTY);
    assertThat(line.path("n").intValue()).isEqualTo(3);
    assertThat(line.path("b").booleanValue()).isTrue();
    assertThat(line.path("none").isNull()).isTrue();
    assertThat(line.path("request_id").textValue()).isEqualTo("r1");
    assertThat(line.path("logger").textValue()).isEqualTo("test");
  }

  @Test
  void aPairOverwritesNoFieldOfTheLine() throws Exception {
    logger(LineFormat.JSON).atInfo().addKeyValue("level", "x").addKeyValue("event", "y").log("e");

    assertThat(json().path("level").textValue()).isEqualTo("info");
    assertThat(json().path("event").textValue()).isEqualTo("e");
  }

  @Test
  void anExceptionIsOneFieldOfTheOneLine() throws Exception {
    logger(LineFormat.JSON).error("e", new IllegalStateException("first\nsecond"));

    assertThat(json().path("exception").textValue())
        .startsWith("java.lang.IllegalStateException: first\nsecond\n\tat ");
  }

  @Test
  void aMessageThatRepeatsThePairsIsShownWithoutThem() {
    logger(LineFormat.KEY_VALUE)
        .atWarn()
        .addArgument("x y")
        .addKeyValue("s", "x y")
        .addArgument(3)
        .addKeyValue("n", 3)
        .log("e s={} n={}");

    assertThat(line()).endsWith(" level=warn event=e s=\"x y\" n=3 logger=test");
  }

  @Test
  void argumentsOfOtherLibrariesStandInTheirMessage() {
    logger(LineFormat.KEY_VALUE).info("connected to {} in {} ms", "h", 5);

    assertThat(line()).contains(" event=\"connected to h in 5 ms\" ");
  }

  @Test
  void belowTheLeastLevelNothingIsSaid() {
    Logger logger = logger(LineFormat.KEY_VALUE);
    logger.debug("a");
    logger.atTrace().log("b");

    assertThat(logger.isDebugEnabled()).isFalse();
    assertThat(logger.isInfoEnabled()).isTrue();
    assertThat(err.lines()).isEmpty();
  }

  @Test
  void theProviderGivesRollcallsOwnLoggersTheLevelThatIsSetAndOthersNoLessThanInfo() {
    String before = System.setProperty(LineLoggerProvider.LEVEL_PROPERTY, "DEBUG");
    try {
      var provider = new LineLoggerProvider();
      provider.initialize();

      assertThat(provider.getLoggerFactory().getLogger("dev.rollcall.http").isDebugEnabled())
          .isTrue();
      assertThat(provider.getLoggerFactory().getLogger("dev.rollcallx").isDebugEnabled()).isFalse();
      assertThat(provider.getLoggerFactory().getLogger("dev.rollcallx").isInfoEnabled()).isTrue();
    } finally {
      if (before == null) {
        System.clearProperty(LineLoggerProvider.LEVEL_PROPERTY);
      } else {
        System.setProperty(LineLoggerProvider.LEVEL_PROPERTY, before);
      }
    }
  }
}
