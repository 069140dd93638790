/// A store's state at one revision as a stream of bytes that checks itself, whichever engine it is from.
package dev.longshore.store.snapshot;
