package dev.rollcall.store.valkey.pipeline;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Tells virtual threads from others, on the JVMs that have them. */
final class VirtualThreads {
  private static final MethodHandle IS_VIRTUAL = find();

  private VirtualThreads() {}

  /** Returns whether the thread that asks is a virtual one. */
  static boolean isCurrent() {
    try {
      return (boolean) IS_VIRTUAL.invokeExact(Thread.currentThread());
    } catch (Throwable e) {
      throw new IllegalStateException("a question that throws nothing threw", e);
    }
  }

  private static MethodHandle find() {
    MethodType question = MethodType.methodType(boolean.class);
    try {
      return MethodHandles.publicLookup().findVirtual(Thread.class, "isVirtual", question);
    } catch (NoSuchMethodException e) {
      // Before Java 21 none is.
      MethodHandle no = MethodHandles.constant(boolean.class, false);
      return MethodHandles.dropArguments(no, 0, Thread.class);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("a public method of java.base is closed", e);
    }
  }
}
