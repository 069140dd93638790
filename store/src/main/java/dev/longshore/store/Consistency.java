package dev.longshore.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Whether what a store's records say fits together: revisions within their bounds, for every version its value
/// and no value without a version, and each key's versions in a row. Needs memory for the keys, not for the
/// values.
final class Consistency {

    private static final int CHUNK = 1000;
    private static final int SHOWN = 20;

    private final List<String> findings;
    private final Map<Key, Version> newest = new HashMap<>();
    private long committed;
    private long compacted;
    private long versions;
    private long stored;
    private long values;
    private int suppressed;

    /// @param findings takes what is wrong
    Consistency(List<String> findings) {
        this.findings = findings;
    }

    void check(Backend backend) {
        var loader = new Loader(backend);
        Optional<Revisions> revisions = loader.found();
        if (revisions.isEmpty()) {
            find("it has no records of its own");
            return;
        }
        committed = revisions.get().committed();
        compacted = revisions.get().compacted();
        if (compacted > committed) {
            find("it is compacted up to %d, and its last revision is %d".formatted(compacted, committed));
        }
        var chunk = new ArrayList<Version>(CHUNK);
        backend.scan(Records.indexKey(0, 0), Records.INDEX_END, (key, value) -> {
            Records.Indexed indexed = Records.decode(key, value);
            version(indexed.key(), indexed.version());
            if (!indexed.version().deleted) {
                chunk.add(indexed.version());
            }
            if (chunk.size() == CHUNK) {
                values(backend, chunk);
            }
            return true;
        });
        values(backend, chunk);
        backend.scan(new byte[] {'v'}, new byte[] {'v' + 1}, (key, value) -> {
            values++;
            return true;
        });
        if (values > stored) {
            find("%d values belong to no version".formatted(values - stored));
        }
        loader.leases();
    }

    StoreReport report(int files, long bytes) {
        if (suppressed > 0) {
            findings.add("and %d more".formatted(suppressed));
        }
        long keys = newest.values().stream().filter(version -> !version.deleted).count();
        return new StoreReport(findings, committed, compacted, keys, versions, files, bytes);
    }

    private void version(Key key, Version version) {
        versions++;
        if (version.revision < 1 || version.revision > committed) {
            find("%s has revision %d, and the last is %d".formatted(key, version.revision, committed));
        }
        Version before = newest.put(key, version);
        if (version.deleted) {
            return;
        }
        if (version.createRevision < 1 || version.createRevision > version.revision || version.version < 1) {
            find("%s has create revision %d and version %d at revision %d"
                    .formatted(key, version.createRevision, version.version, version.revision));
        } else if (before != null && !follows(before, version)) {
            find("%s has version %d at revision %d, which does not follow version %d at revision %d"
                    .formatted(key, version.version, version.revision, before.version, before.revision));
        }
    }

    private static boolean follows(Version before, Version version) {
        return before.deleted
                ? version.version == 1 && version.createRevision == version.revision
                : version.version == before.version + 1 && version.createRevision == before.createRevision;
    }

    private void values(Backend backend, List<Version> chunk) {
        List<Optional<byte[]>> found =
                backend.get(chunk.stream().map(Records::valueKey).toList());
        for (int i = 0; i < found.size(); i++) {
            if (found.get(i).isPresent()) {
                stored++;
            } else {
                find("the value of revision %d.%d is missing".formatted(chunk.get(i).revision, chunk.get(i).sub));
            }
        }
        chunk.clear();
    }

    private void find(String what) {
        if (findings.size() < SHOWN) {
            findings.add(what);
        } else {
            suppressed++;
        }
    }
}
