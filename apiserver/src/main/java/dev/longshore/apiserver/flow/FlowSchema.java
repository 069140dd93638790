package dev.longshore.apiserver.flow;

import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What a FlowSchema says: which requests are its own, what makes one flow of them, and at which level they are.
record FlowSchema(
        String name, String uid, int precedence, String level, Distinguisher distinguisher, List<FlowRule> rules) {

    /// The order in which schemas are asked.
    static final Comparator<FlowSchema> ORDER =
            Comparator.comparingInt(FlowSchema::precedence).thenComparing(FlowSchema::name);

    private static final int DEFAULT_PRECEDENCE = 1000;

    /// What makes one flow.
    enum Distinguisher {
        NONE,
        USER,
        NAMESPACE
    }

    static FlowSchema of(Resource object) {
        Distinguisher distinguisher =
                switch (object.text("spec", "distinguisherMethod", "type")) {
                    case "ByUser" -> Distinguisher.USER;
                    case "ByNamespace" -> Distinguisher.NAMESPACE;
                    default -> Distinguisher.NONE;
                };
        var rules = new ArrayList<FlowRule>();
        for (JsonNode rule : object.at("spec", "rules")) {
            rules.add(FlowRule.of(rule));
        }
        return new FlowSchema(
                object.name(),
                object.uid(),
                object.at("spec", "matchingPrecedence").asInt(DEFAULT_PRECEDENCE),
                object.text("spec", "priorityLevelConfiguration", "name"),
                distinguisher,
                List.copyOf(rules));
    }

    boolean matches(Attributes request) {
        for (FlowRule rule : rules) {
            if (rule.matches(request)) {
                return true;
            }
        }
        return false;
    }

    /// Names the flow that `request` is part of.
    String flow(Attributes request) {
        return switch (distinguisher) {
            case NONE -> "";
            case USER -> request.user().name();
            case NAMESPACE -> request.namespace();
        };
    }
}
