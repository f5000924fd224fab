/**
 * A robustness test: seeded clients work on a registry while faults come, each operation is
 * recorded, and a checker holds the history against a model of leases.
 */
package dev.rollcall.examples.robustness;
