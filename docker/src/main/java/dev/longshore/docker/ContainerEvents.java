package dev.longshore.docker;

import java.util.HashMap;
import java.util.Map;

/// Tells what happens to containers, with the facts that go with every such event.
record ContainerEvents(Events events) {

    void tell(EngineContainer container, String action) {
        tell(container, action, Map.of());
    }

    void tell(EngineContainer container, String action, Map<String, String> more) {
        var attributes = new HashMap<>(container.config().labels());
        attributes.put("image", container.imageName());
        attributes.put("name", container.name());
        attributes.putAll(more);
        events.tell("container", action, container.id(), attributes);
    }
}
