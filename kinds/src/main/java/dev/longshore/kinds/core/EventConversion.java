package dev.longshore.kinds.core;

import dev.longshore.model.Conversion;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Between the core group's events and those of `events.k8s.io`: the same facts under other names.
final class EventConversion implements Conversion {

    private static final Map<String, String> CORE_TO_NEW = Map.of(
            "message", "note",
            "involvedObject", "regarding",
            "source", "deprecatedSource",
            "firstTimestamp", "deprecatedFirstTimestamp",
            "lastTimestamp", "deprecatedLastTimestamp",
            "count", "deprecatedCount",
            "reportingComponent", "reportingController");

    @Override
    public void convert(Resource object, GroupVersionKind target) {
        boolean toCore = target.group().isEmpty();
        CORE_TO_NEW.forEach((core, other) -> {
            JsonNode value = object.tree().remove(toCore ? other : core);
            if (value != null) {
                object.tree().set(toCore ? core : other, value);
            }
        });
        object.tree().put("apiVersion", target.apiVersion());
    }
}
