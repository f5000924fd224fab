/** Services in Valkey or Redis. Holds nothing yet. */
module dev.rollcall.store.valkey {
  requires transitive dev.rollcall;
}
