/**
 * A robustness test: seeded clients work on a registry while faults come, each operation is
 * recorded, and a checker holds the history against a model of leases.
 *
 * <p>Each rule of the model, and each thing that a history records, is a class of its own, so there
 * are more than 25 files.
 */
package dev.rollcall.examples.robustness;
