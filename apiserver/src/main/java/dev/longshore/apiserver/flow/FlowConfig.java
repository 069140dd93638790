package dev.longshore.apiserver.flow;

import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What all FlowSchemas and PriorityLevelConfigurations say together: an immutable picture. The mandatory ones
/// are in it even where their objects are missing; schemas whose level is missing are not.
///
/// @param schemas in the order in which they are asked; the last one takes everything
/// @param dangling the names of schemas whose level is missing
record FlowConfig(List<FlowSchema> schemas, Map<String, PriorityLevel> levels, Set<String> dangling) {

    static FlowConfig of(Collection<Resource> schemaObjects, Collection<Resource> levelObjects) {
        var levels = new LinkedHashMap<String, PriorityLevel>();
        BootstrapFlows.mandatoryLevels().forEach(object -> levels.put(object.name(), PriorityLevel.of(object)));
        levelObjects.forEach(object -> levels.put(object.name(), PriorityLevel.of(object)));
        var schemas = new LinkedHashMap<String, FlowSchema>();
        BootstrapFlows.mandatorySchemas().forEach(object -> schemas.put(object.name(), FlowSchema.of(object)));
        schemaObjects.forEach(object -> schemas.put(object.name(), FlowSchema.of(object)));
        var ordered = new ArrayList<FlowSchema>();
        var dangling = new TreeSet<String>();
        for (FlowSchema schema : schemas.values()) {
            if (levels.containsKey(schema.level())) {
                ordered.add(schema);
            } else {
                dangling.add(schema.name());
            }
        }
        ordered.sort(FlowSchema.ORDER);
        return new FlowConfig(List.copyOf(ordered), Map.copyOf(levels), Set.copyOf(dangling));
    }

    /// The first schema that takes `request`.
    FlowSchema match(Attributes request) {
        FlowSchema last = null;
        for (FlowSchema schema : schemas) {
            if (schema.matches(request)) {
                return schema;
            }
            if (schema.name().equals(PriorityLevel.CATCH_ALL)) {
                last = schema;
            }
        }
        // Somebody with neither of the two groups that everybody has.
        return last == null ? schemas.getLast() : last;
    }
}
