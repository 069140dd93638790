package dev.longshore.store;

import java.util.List;

/// What looking at a store's files has shown. The numbers are of what could be read.
///
/// @param findings what is wrong, a sentence each; nothing if all is well
/// @param revision the last one
/// @param compacted the oldest that can be read
/// @param keys how many exist at the last revision
/// @param versions how many are kept, of all keys
/// @param files how many files were read
/// @param bytes how large they are
public record StoreReport(
        List<String> findings, long revision, long compacted, long keys, long versions, int files, long bytes) {

    public StoreReport {
        findings = List.copyOf(findings);
    }

    /// Whether nothing is wrong.
    public boolean isWell() {
        return findings.isEmpty();
    }
}
