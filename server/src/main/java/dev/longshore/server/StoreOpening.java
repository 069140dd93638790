package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.DataDirectory;
import dev.longshore.server.backup.ScheduledBackups;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Quota;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.Stores;

/// Opens a cluster's store, or says in one line why not and what to do.
final class StoreOpening {

    private StoreOpening() {}

    /// The store of `directory`.
    ///
    /// @throws CommandFailure when it is damaged or cannot be written; nothing of it is served then
    static EmbeddedStore open(DataDirectory directory, Quota quota, Time time) {
        try {
            return Stores.embedded(directory.store(), quota, time);
        } catch (StoreException refused) {
            throw switch (refused.fault()) {
                case StoreFault.Damaged damaged ->
                    new CommandFailure(
                            "%s, and nothing of it is served (%s; `longshore store check` looks at all of it). %s"
                                    .formatted(damaged.message(), directory.store(), remedy(directory)),
                            refused);
                case StoreFault.ReadOnly(var detail) ->
                    new CommandFailure(
                            "the store in %s cannot be written: %s".formatted(directory.store(), detail), refused);
                case StoreFault.NoSpace(var detail) ->
                    new CommandFailure(
                            "there is no room for the store in %s: %s".formatted(directory.store(), detail), refused);
                case StoreFault other -> new CommandFailure("cannot open the store: " + other.message(), refused);
            };
        }
    }

    /// What to do about a damaged store.
    static String remedy(DataDirectory directory) {
        return ScheduledBackups.taken(directory.snapshots()).reversed().stream()
                .findFirst()
                .map(file ->
                        "restore the newest snapshot: mv %1$s %1$s.damaged && longshore restore %2$s --data-dir %3$s"
                                .formatted(directory.control(), file, directory.root()))
                .orElseGet(() -> ("restore a backup: mv %1$s %1$s.damaged && longshore restore FILE --data-dir %2$s;"
                                + " there are none in %3$s")
                        .formatted(directory.control(), directory.root(), directory.snapshots()));
    }
}
