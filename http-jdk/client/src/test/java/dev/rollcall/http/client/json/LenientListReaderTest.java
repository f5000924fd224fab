package dev.rollcall.http.client.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.Service;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An entry that cannot be read costs itself alone, wherever it stands and however it comes. */
@Timeout(60)
class LenientListReaderTest {
  /** So many entries are more than any buffer holds. */
  private static final int ENTRIES = 200;

  private static final int LARGEST = LenientJson.MAX_BYTES;

  private final ServiceReader reader = new ServiceReader(() -> Instant.EPOCH);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":\"bad\",\"url\":\"http://h\",\"info\":{\"n\":01}}",
        "{\"id\":\"bad\",\"url\":\"http://h\",\"info\":{\"n\":1e99999999999}}",
        "{\"id\":\"bad\",\"url\":\"http://h\"]",
        "{\"id\":\"bad\",\"url\":\"http://h\" \"info\":{}}",
        "{\"id\":\"bad\",\"url\":\"http://h\",}",
        "{\"id\":\"bad\",\"url\":\"http://\u0001\"}",
        "{id:1}",
        "{]",
        "[[}]",
        "[1,NaN,{}]",
        "NaN",
        "-",
        "7",
        "7x",
        "0x10",
        "1e99999999999",
        "tru",
        "null",
        "\"text\"",
        "\"\\x\"",
        "'x'",
        "#",
        "",
      })
  void anEntryThatIsNoServiceMayStandAnywhere(String bad) throws Exception {
    List<Integer> places = List.of(0, 1, 2, ENTRIES / 2, ENTRIES / 2 + 1, ENTRIES);
    for (int place : places) {
      List<String> entries = new ArrayList<>(good());
      entries.add(place, bad);
      assertThat(idsIn(entries)).as("at " + place).isEqualTo(goodIds());
    }
    assertThat(idsIn(good().stream().flatMap(entry -> Stream.of(entry, bad)).toList()))
        .isEqualTo(goodIds());
    assertThat(idsIn(good().stream().flatMap(entry -> Stream.of(bad, bad, entry)).toList()))
        .isEqualTo(goodIds());
    assertThat(idsIn(List.of(bad, bad))).isEmpty();
  }

  @Test
  void aListThatTakesMoreHeapThanItMayIsNotReadToItsEnd() {
    String entry = "{\"id\":\"a\",\"url\":\"http://h\"},";
    byte[] list = ("{\"services\":[" + entry.repeat(100_000)).getBytes(StandardCharsets.UTF_8);
    ByteArrayInputStream in = new ByteArrayInputStream(list);

    assertThatThrownBy(() -> reader.readList(in, 1 << 20))
        .hasMessage("the services take more than 1048576 bytes of memory");
    assertThat(in.available()).isGreaterThan(list.length / 2);
  }

  @Test
  void whatIsNoUtf8CostsTheEntryThatHoldsIt() throws Exception {
    for (int place = 0; place < 3; place++) {
      List<String> expected = new ArrayList<>(List.of("a", "b", "c"));
      expected.remove(place);
      ByteArrayOutputStream list = new ByteArrayOutputStream();
      list.writeBytes("{\"services\":[".getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < 3; i++) {
        list.writeBytes((i == 0 ? "" : ",").getBytes(StandardCharsets.UTF_8));
        String entry =
            "{\"id\":\"%s\",\"url\":\"é\ufffd服\ud83d\ude00\"}".formatted("abc".charAt(i));
        byte[] bytes = entry.getBytes(StandardCharsets.UTF_8);
        if (i == place) {
          bytes[bytes.length - 3] = 'x'; // cuts the last character short
        }
        list.writeBytes(bytes);
      }
      list.writeBytes("]}".getBytes(StandardCharsets.UTF_8));

      for (int bytes : new int[] {1, 2, 3, 1 << 20}) {
        assertThat(read(list.toByteArray(), bytes))
            .allSatisfy(service -> assertThat(service.url()).isEqualTo("é\ufffd服\ud83d\ude00"))
            .extracting(Service::id)
            .containsExactlyElementsOf(expected);
      }
    }
  }

  @Test
  void anEntryMayEndAtTheEndOfEachBuffer() throws Exception {
    for (int size : new int[] {4_000, 8_192, 16_384, 32_768}) {
      for (int off = -60; off <= 3; off++) {
        String first = entry("a", "x".repeat(size + off));
        assertThat(idsIn(List.of(first, "{\"n\":01}", entry("b", "")))).containsExactly("a", "b");
        assertThat(idsIn(List.of(first, entry("b", "")))).containsExactly("a", "b");
      }
    }
  }

  @Test
  void anEntryIsReadUpToTheLargestSizeAndPassedOverBeyond() throws Exception {
    int around = entry("a", "").length();
    String largest = entry("a", "x".repeat(LARGEST - around));
    String larger = entry("bad", "x".repeat(LARGEST + (64 << 10)));

    assertThat(idsIn(List.of(entry("b", ""), largest, larger, entry("c", ""))))
        .containsExactly("a", "b", "c");
    assertThat(idsIn(List.of(larger, entry("b", ""), larger))).containsExactly("b");
  }

  @Test
  void aLongListOfWhatIsNoServiceIsNotHeld() throws Exception {
    assertThat(idsIn(List.of(entry("a", ""), "7,".repeat(LARGEST) + "8", entry("b", ""))))
        .containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aListIsReadAsItsEntriesOneByOne(long seed) throws Exception {
    Random random = new Random(seed);
    List<String> entries = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      String entry =
          maybeSpoilt(entry("s%04d".formatted(i), "x".repeat(random.nextInt(60))), random);
      entries.add(entry);
      expected.addAll(idsIn(List.of(entry)));
    }

    assertThat(expected).hasSizeBetween(500, 1_900);
    assertThat(idsIn(entries)).containsExactlyInAnyOrderElementsOf(expected);
  }

  /** Changes a character outside of texts that leaves brackets and quotes as they are. */
  private static String maybeSpoilt(String entry, Random random) {
    int place = random.nextInt(entry.length());
    if (random.nextBoolean() || "{}[]\"\\".indexOf(entry.charAt(place)) >= 0) {
      return entry;
    }
    char other = "\u0001\n :,7xe-é".charAt(random.nextInt(10));
    return entry.substring(0, place) + other + entry.substring(place + 1);
  }

  private static List<String> good() {
    return Stream.iterate(0, i -> i + 1)
        .limit(ENTRIES)
        .map(i -> entry("s%03d".formatted(i), "x".repeat(i)))
        .toList();
  }

  private static List<String> goodIds() {
    return Stream.iterate(0, i -> i + 1).limit(ENTRIES).map("s%03d"::formatted).toList();
  }

  private static String entry(String id, String text) {
    return "{\"id\":\"" + id + "\",\"url\":\"http://h\",\"info\":{\"n\":7,\"x\":\"" + text + "\"}}";
  }

  private List<String> idsIn(List<String> entries) throws IOException {
    String list = "{\"services\":[" + String.join(",", entries) + "]}";
    return read(list.getBytes(StandardCharsets.UTF_8), Integer.MAX_VALUE).stream()
        .map(Service::id)
        .toList();
  }

  /** Reads a list that comes in pieces of so many bytes. */
  private List<Service> read(byte[] list, int pieceBytes) throws IOException {
    InputStream in =
        new ByteArrayInputStream(list) {
          @Override
          public synchronized int read(byte[] bytes, int offset, int length) {
            return super.read(bytes, offset, Math.min(length, pieceBytes));
          }
        };
    return reader.readList(in, Long.MAX_VALUE).orElseThrow();
  }
}
