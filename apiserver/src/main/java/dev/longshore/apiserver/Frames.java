package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.Change;
import dev.longshore.apiserver.objects.Signal;
import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.apiserver.objects.Subscription;
import dev.longshore.base.Json;
import dev.longshore.model.Fault;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Status;
import dev.longshore.store.Key;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The events of one watch, framed as its encoding does. Those that many watchers want alike are encoded once, for all
// of them.
final class Frames {

    private final ResourceDefinition definition;
    private final Representation representation;
    private final Encoding encoding;
    private final Selection selection;
    private final Machine machine;
    private boolean isFirst = true;

    Frames(Exchange exchange, Selection selection, Machine machine) {
        this.definition = exchange.definition();
        this.representation = exchange.representation();
        this.encoding = representation.encoding();
        this.selection = selection;
        this.machine = machine;
    }

    /// Writes lines until the subscription ends. All that waits is written together and flushed once.
    void send(Subscription subscription, WatchClock clock, String namespace, OutputStream out)
            throws IOException, InterruptedException {
        Key prefix = Versions.keys(definition).range(namespace).start();
        while (true) {
            List<Signal> signals = subscription.next();
            clock.writing();
            for (Signal signal : signals) {
                switch (signal) {
                    case Signal.Changed(Change change) -> {
                        Optional<byte[]> line = change.key().startsWith(prefix) ? line(change) : Optional.empty();
                        if (line.isPresent()) {
                            out.write(line.get());
                        }
                    }
                    case Signal.Progress(long revision) -> out.write(bookmark(revision, false));
                    case Signal.Ended(Optional<Fault> fault) -> {
                        if (fault.isPresent()) {
                            out.write(error(fault.get()));
                        }
                        out.flush();
                        return;
                    }
                }
            }
            out.flush();
            clock.written();
        }
    }

    byte[] added(StoredObject stored) {
        return isPlain() ? plain("ADDED", stored) : shaped("ADDED", Versions.served(definition, stored));
    }

    byte[] bookmark(long revision, boolean endsInitial) {
        GroupVersionKind kind = definition.kind();
        var object = new Resource(Json.object().put("kind", kind.kind()).put("apiVersion", kind.apiVersion()));
        object.metadata().put("resourceVersion", Long.toString(revision)).putNull("creationTimestamp");
        if (endsInitial) {
            object.metadata().putObject("annotations").put("k8s.io/initial-events-end", "true");
        }
        return shaped("BOOKMARK", object);
    }

    byte[] error(Fault fault) {
        return encoding.event("ERROR", encoding.tree(Status.of(fault), false));
    }

    /// Empty if this watcher neither saw the object before nor sees it now.
    private Optional<byte[]> line(Change change) {
        boolean isSeen = change.stored().isPresent() && fits(change, true);
        boolean wasSeen = change.last().isPresent() && fits(change, false);
        if (!isSeen && !wasSeen) {
            return Optional.empty();
        }
        String type = !isSeen ? "DELETED" : wasSeen ? "MODIFIED" : "ADDED";
        StoredObject stored = (isSeen ? change.stored() : change.last()).orElseThrow();
        if (isPlain()) {
            return Optional.of(change.derive(
                    new FrameKey(type, definition.kind(), encoding.mediaType()), () -> plain(type, stored)));
        }
        return Optional.of(shaped(type, served(change, isSeen)));
    }

    private boolean fits(Change change, boolean now) {
        return selection.isEverything() || selection.fits(new Traits.OfChange(definition, change, now));
    }

    /// Shared with others: only read.
    private Resource served(Change change, boolean now) {
        StoredObject stored = (now ? change.stored() : change.last()).orElseThrow();
        return change.derive(new Traits.TreeKey(now, definition.kind()), () -> Versions.served(definition, stored));
    }

    private boolean isPlain() {
        return representation.form() == Representation.Form.OBJECT;
    }

    private byte[] shaped(String type, Resource object) {
        JsonNode tree = new Shape(definition, representation, machine.time.now()).event(object, isFirst);
        isFirst = false;
        return encoding.event(type, encoding.tree(tree, false));
    }

    private byte[] plain(String type, StoredObject stored) {
        return encoding.event(type, encoding.object(definition, stored));
    }

    private record FrameKey(String type, GroupVersionKind kind, String mediaType) {}
}
