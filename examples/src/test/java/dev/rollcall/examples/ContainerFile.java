package dev.rollcall.examples;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The Dockerfile, as far as tests ask. */
final class ContainerFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Instruction> instructions;

  /** A line with those that continue it. */
  record Instruction(String name, String text) {
    /** Reads a text in the form of a JSON array. */
    List<String> words() {
      try {
        return JSON.readValue(text.substring(text.indexOf('[')), new TypeReference<>() {});
      } catch (IOException e) {
        throw new IllegalStateException(name + " is not in the form of a JSON array: " + text, e);
      }
    }
  }

  private ContainerFile(List<Instruction> instructions) {
    this.instructions = instructions;
  }

  static ContainerFile read(Path file) throws IOException {
    List<Instruction> instructions = new ArrayList<>();
    String text = Files.readString(file).replaceAll("(?m)^#.*\n", "").replaceAll("\\\\\n\\s*", "");
    for (String line : text.split("\n", -1)) {
      if (!line.isBlank()) {
        String[] parts = line.split(" ", 2);
        instructions.add(new Instruction(parts[0], parts[1]));
      }
    }
    return new ContainerFile(instructions);
  }

  /** Returns all instructions of a name, in order. */
  Stream<Instruction> all(String name) {
    return instructions.stream().filter(instruction -> instruction.name().equals(name));
  }

  /** Returns the last instruction of a name: of the last stage, if that has it. */
  Instruction last(String name) {
    return all(name).reduce((first, second) -> second).orElseThrow();
  }

  /** Returns the only {@code RUN} that holds a text. */
  String run(String part) {
    List<String> found =
        all("RUN").map(Instruction::text).filter(text -> text.contains(part)).toList();
    if (found.size() != 1) {
      throw new IllegalStateException(found.size() + " RUN instructions hold '" + part + "'");
    }
    return found.get(0);
  }
}
