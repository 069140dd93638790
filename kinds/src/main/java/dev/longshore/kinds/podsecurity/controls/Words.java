package dev.longshore.kinds.podsecurity.controls;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/// How violations are put into words.
final class Words {

    private Words() {}

    static String quoted(Collection<String> items) {
        return items.stream().map(item -> '"' + item + '"').collect(Collectors.joining(", "));
    }

    /// `one`, or for any other number the plural with an s.
    static String counted(String one, int count) {
        return count == 1 ? one : one + "s";
    }

    /// As `containers "a", "b"`.
    static String containers(Collection<String> names) {
        return counted("container", names.size()) + " " + quoted(names);
    }

    /// As `pod and container "a"`.
    static String setters(boolean isPod, Collection<String> containers) {
        var setters = new ArrayList<String>();
        if (isPod) {
            setters.add("pod");
        }
        if (!containers.isEmpty()) {
            setters.add(containers(containers));
        }
        return joined(setters);
    }

    static String joined(List<String> setters) {
        return String.join(" and ", setters);
    }
}
