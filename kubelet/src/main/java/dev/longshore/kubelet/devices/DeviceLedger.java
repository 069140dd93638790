package dev.longshore.kubelet.devices;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.longshore.base.Json;
import dev.longshore.base.WholeFile;
import dev.longshore.kubelet.devices.proto.ContainerAllocateResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which container has which devices, on disk before it is relied upon, so that a kubelet that comes back gives no
/// device twice and can start containers again as they were. Thread-safe; a write is a small file moved into place.
final class DeviceLedger {

    private static final Logger log = LoggerFactory.getLogger(DeviceLedger.class);

    private final Path file;
    private final List<Entry> entries = new ArrayList<>();

    DeviceLedger(Path file) {
        this.file = file;
    }

    /// Devices of one resource that a container has.
    record Entry(String podUid, String container, String resource, Set<String> ids, ContainerAllocateResponse answer) {
        Entry {
            ids = Set.copyOf(ids);
        }
    }

    /// Reads what an earlier kubelet wrote.
    synchronized void load() {
        entries.clear();
        try {
            if (!Files.exists(file)) {
                return;
            }
            for (JsonNode entry : Json.parse(Files.readString(file)).path("entries")) {
                var ids = new HashSet<String>();
                entry.path("ids").forEach(id -> ids.add(id.asString()));
                entries.add(new Entry(
                        entry.path("podUid").asString(),
                        entry.path("container").asString(),
                        entry.path("resource").asString(),
                        ids,
                        ContainerAllocateResponse.parseFrom(
                                Base64.getDecoder().decode(entry.path("answer").asString()))));
            }
        } catch (InvalidProtocolBufferException | RuntimeException torn) {
            log.warn("{} is not readable: devices of running containers may be given twice", file, torn);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    synchronized List<Entry> of(String podUid, String container) {
        return entries.stream()
                .filter(entry ->
                        entry.podUid().equals(podUid) && entry.container().equals(container))
                .toList();
    }

    synchronized List<Entry> all() {
        return List.copyOf(entries);
    }

    synchronized Set<String> resources() {
        var names = new HashSet<String>();
        entries.forEach(entry -> names.add(entry.resource()));
        return names;
    }

    /// The devices of `resource` that somebody has.
    synchronized Set<String> taken(String resource) {
        var taken = new HashSet<String>();
        entries.stream().filter(entry -> entry.resource().equals(resource)).forEach(entry -> taken.addAll(entry.ids()));
        return taken;
    }

    /// Adds `entry` unless one of its devices belongs to another pod by now.
    synchronized boolean take(Entry entry) {
        boolean isFree = entries.stream()
                .filter(other -> other.resource().equals(entry.resource())
                        && !other.podUid().equals(entry.podUid()))
                .noneMatch(other -> other.ids().stream().anyMatch(entry.ids()::contains));
        if (isFree) {
            entries.removeIf(other -> isSame(other, entry));
            entries.add(entry);
            save();
        }
        return isFree;
    }

    synchronized void remove(String podUid) {
        if (entries.removeIf(entry -> entry.podUid().equals(podUid))) {
            save();
        }
    }

    private static boolean isSame(Entry one, Entry other) {
        return one.podUid().equals(other.podUid())
                && one.container().equals(other.container())
                && one.resource().equals(other.resource());
    }

    private void save() {
        ObjectNode all = Json.object();
        var list = all.putArray("entries");
        for (Entry entry : entries) {
            ObjectNode written = list.addObject()
                    .put("podUid", entry.podUid())
                    .put("container", entry.container())
                    .put("resource", entry.resource())
                    .put(
                            "answer",
                            Base64.getEncoder().encodeToString(entry.answer().toByteArray()));
            entry.ids().stream().sorted().forEach(written.withArray("ids")::add);
        }
        try {
            WholeFile.writePrivately(file, Json.bytes(all));
        } catch (IOException full) {
            throw new DeviceException("cannot write down who has which device: " + full.getMessage());
        }
    }
}
