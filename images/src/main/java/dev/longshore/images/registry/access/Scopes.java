package dev.longshore.images.registry.access;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Scopes as the token protocol spells them: `repository:team/app:pull,push`, several separated by spaces.
final class Scopes {

    private static final int MOST = 100;

    private Scopes() {}

    static String text(List<Need> needs) {
        var byResource = new LinkedHashMap<String, List<String>>();
        needs.forEach(need -> byResource
                .computeIfAbsent(need.type() + ":" + need.name(), absent -> new ArrayList<>())
                .add(need.action()));
        var scopes = new ArrayList<String>();
        byResource.forEach((resource, actions) -> scopes.add(resource + ":" + String.join(",", actions)));
        return String.join(" ", scopes);
    }

    /// What `scopes` ask for; what is none is passed over, and `*` is every action.
    static List<Need> read(List<String> scopes) {
        var needs = new ArrayList<Need>();
        for (String line : scopes) {
            for (String scope : line.split(" ", -1)) {
                int type = scope.indexOf(':');
                int actions = scope.lastIndexOf(':');
                if (type > 0 && actions > type + 1 && needs.size() < MOST) {
                    read(
                            scope.substring(0, type).replaceFirst("\\(.*$", ""),
                            scope.substring(type + 1, actions),
                            scope.substring(actions + 1),
                            needs);
                }
            }
        }
        return needs;
    }

    private static void read(String type, String name, String actions, List<Need> needs) {
        for (String action : actions.split(",", -1)) {
            if (type.equals("repository") && action.equals("*")) {
                for (Action each : Action.values()) {
                    needs.add(Need.of(name, each));
                }
            } else {
                needs.add(new Need(type, name, action));
            }
        }
    }
}
