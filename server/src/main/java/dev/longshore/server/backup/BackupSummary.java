package dev.longshore.server.backup;

import dev.longshore.server.config.ClusterRecord;
import dev.longshore.store.snapshot.SnapshotSummary;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a backup holds.
///
/// @param cluster of a backup; empty for a snapshot of the store alone
/// @param taken when; empty for a snapshot of the store alone
/// @param state the store's revision and how much is in it
/// @param outside the files that flags named, where they lay
public record BackupSummary(
        Optional<ClusterRecord> cluster, Optional<Instant> taken, SnapshotSummary state, List<OutsideFile> outside) {

    public BackupSummary {
        outside = List.copyOf(outside);
    }

    /// Whether it holds authorities and keys too.
    public boolean isWhole() {
        return cluster.isPresent();
    }
}
