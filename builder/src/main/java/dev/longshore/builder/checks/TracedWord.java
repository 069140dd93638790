package dev.longshore.builder.checks;

import java.util.Set;

/// A word that was expanded.
///
/// @param missing names that it uses, and that are neither set nor declared
record TracedWord(String text, Set<String> missing) {}
