package dev.rollcall.docs;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Provides;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a module promises to those who use it: what it needs and provides, and the public and
 * protected types and members of the packages that it exports to all. One line each, in an order
 * that the sources' order does not change.
 */
final class PublicApi {
  private static final Comparator<Member> BY_NAME =
      Comparator.comparing(Member::getName).thenComparing(PublicApi::signature);

  private PublicApi() {}

  /** Returns the description, a line an element; nothing if the module exports nothing to all. */
  static List<String> of(ModuleReference module) throws IOException {
    List<String> packages =
        module.descriptor().exports().stream()
            .filter(exports -> !exports.isQualified())
            .map(Exports::source)
            .sorted()
            .toList();
    if (packages.isEmpty()) {
      return List.of();
    }
    List<String> lines = new ArrayList<>(descriptor(module.descriptor()));
    try (ModuleReader reader = module.open();
        Stream<String> files = reader.list()) {
      files
          .filter(file -> file.endsWith(".class"))
          .map(file -> file.replaceFirst("\\.class$", "").replace('/', '.'))
          .filter(name -> packages.contains(name.replaceFirst("\\.[^.]*$", "")))
          .sorted()
          .map(PublicApi::load)
          .filter(PublicApi::isPromised)
          .forEach(
              type -> {
                lines.add("");
                lines.add(declaration(type));
                members(type)
                    .sorted(BY_NAME)
                    .map(PublicApi::signature)
                    .forEach(member -> lines.add("  " + member));
              });
    }
    return lines;
  }

  private static List<String> descriptor(ModuleDescriptor module) {
    List<String> lines = new ArrayList<>(List.of("module " + module.name()));
    Stream.of(
            module.requires().stream()
                .filter(requires -> !requires.name().equals("java.base"))
                .map(PublicApi::directive),
            module.exports().stream()
                .filter(exports -> !exports.isQualified())
                .map(exports -> "exports " + exports.source()),
            module.provides().stream().map(Provides::service).map("provides "::concat),
            module.uses().stream().map("uses "::concat))
        .flatMap(directives -> directives.sorted())
        .forEach(directive -> lines.add("  " + directive));
    return lines;
  }

  private static String directive(Requires requires) {
    return Stream.concat(
            Stream.of("requires"),
            Stream.concat(
                requires.modifiers().stream()
                    .map(modifier -> modifier.toString().toLowerCase(Locale.ROOT))
                    .sorted(),
                Stream.of(requires.name())))
        .collect(Collectors.joining(" "));
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, PublicApi.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns whether users see a type: it and all types around it are public, or protected. */
  private static boolean isPromised(Class<?> type) {
    Class<?> around = type.getEnclosingClass();
    return !type.isSynthetic()
        && !type.isLocalClass()
        && !type.isAnonymousClass()
        && isSeen(type.getModifiers())
        && (around == null || isPromised(around));
  }

  private static boolean isSeen(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  /** Describes a type. {@link Class#toGenericString} does it, too, but by the JDK's version. */
  private static String declaration(Class<?> type) {
    boolean isInterface = type.isInterface();
    String kind =
        isInterface ? "interface" : type.isRecord() ? "record" : type.isEnum() ? "enum" : "class";
    int hidden = Modifier.INTERFACE | (isInterface ? Modifier.ABSTRACT : 0);
    StringBuilder line = new StringBuilder(Modifier.toString(type.getModifiers() & ~hidden));
    line.append(type.isSealed() ? " sealed " : " ").append(kind).append(' ').append(type.getName());
    if (type.getTypeParameters().length > 0) {
      line.append(
          Stream.of(type.getTypeParameters())
              .map(Type::getTypeName)
              .collect(Collectors.joining(", ", "<", ">")));
    }
    Type parent = type.getGenericSuperclass();
    if (parent != null
        && !List.of(Object.class, Record.class).contains(type.getSuperclass())
        && !type.isEnum()) {
      line.append(" extends ").append(parent.getTypeName());
    }
    if (type.getInterfaces().length > 0) {
      line.append(
          Stream.of(type.getGenericInterfaces())
              .map(Type::getTypeName)
              .collect(
                  Collectors.joining(", ", type.isInterface() ? " extends " : " implements ", "")));
    }
    return readable(line.toString());
  }

  /** Describes the members that a type declares or has from a parent that users do not see. */
  private static Stream<Member> members(Class<?> type) {
    Class<?> parent = type.getSuperclass();
    Stream<Member> inherited =
        parent == null || isPromised(parent) || !parent.getName().startsWith("dev.rollcall.")
            ? Stream.empty()
            : members(parent);
    Stream<Member> declared =
        Stream.of(
                type.getDeclaredFields(), type.getDeclaredConstructors(), type.getDeclaredMethods())
            .flatMap(Stream::of);
    return Stream.concat(
        inherited,
        declared
            .filter(member -> !member.isSynthetic() && isSeen(member.getModifiers()))
            .filter(member -> !isImplied(member)));
  }

  /** Returns whether each type, or each enum, has such a member. */
  private static boolean isImplied(Member member) {
    if (!(member instanceof Method method)) {
      return false;
    }
    Class<?> type = method.getDeclaringClass();
    List<Class<?>> parameters = List.of(method.getParameterTypes());
    return Stream.of(Object.class.getDeclaredMethods())
            .anyMatch(
                other ->
                    other.getName().equals(method.getName())
                        && List.of(other.getParameterTypes()).equals(parameters))
        || (type.isEnum() && List.of("values", "valueOf").contains(method.getName()));
  }

  /** Describes a member. Types of the JDK and of Rollcall go by their simple names. */
  private static String signature(Member member) {
    String owner = member.getDeclaringClass().getTypeName();
    String signature =
        member instanceof Field field
            ? field.toGenericString() + constant(field)
            : ((Executable) member).toGenericString();
    return readable(signature.replace(" " + owner + ".", " "))
        .replaceAll("\\bdev\\.rollcall\\.(?:[a-z]+\\.)*(?=[A-Z])", "");
  }

  /** Returns the value of a constant, which the compiler copies into the code that uses it. */
  private static String constant(Field field) {
    int modifiers = field.getModifiers();
    boolean copied = field.getType().isPrimitive() || field.getType() == String.class;
    if (!copied || !Modifier.isStatic(modifiers) || !Modifier.isFinal(modifiers)) {
      return "";
    }
    try {
      return " = " + field.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String readable(String signature) {
    return signature
        .replaceAll("\\bjava\\.(?:[a-z]+\\.)+(?=[A-Z])", "")
        .replaceAll("\\$", ".")
        .replaceAll(",(?=\\S)", ", ");
  }
}
