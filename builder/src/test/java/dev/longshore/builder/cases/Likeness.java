package dev.longshore.builder.cases;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.builder.cases.Case.Peer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Whether two builders made the same image: files and configuration, but for what a case says may differ. What it says
/// must differ, so that the list stays true.
final class Likeness {

    /// What buildah's `RUN` leaves in every image, as places to mount upon.
    private static final Map<String, String> TRACES = Map.of(
            "/etc/hostname", "f 755 0:0 ",
            "/etc/hosts", "f 755 0:0 ",
            "/etc/resolv.conf", "f 755 0:0 ",
            "/run", "d 755 0:0");

    private Likeness() {}

    static void check(Made ours, Made buildahs, Peer.Same allowed) {
        var theirs = new TreeMap<>(buildahs.tree());
        TRACES.forEach((path, line) -> {
            if (!ours.tree().containsKey(path)) {
                theirs.remove(path, line);
            }
        });
        differOnlyAs(unequal(ours.tree(), theirs), allowed.tree());
        differOnlyAs(unequal(entries(ours), entries(buildahs)), allowed.config());
    }

    private static void differOnlyAs(Map<String, String> differences, Map<String, String> allowed) {
        assertThat(differences.keySet())
                .as("ours / buildah's: %s, allowed: %s", differences, allowed)
                .isEqualTo(allowed.keySet());
    }

    /// Without what names the container that it was made with.
    private static Map<String, Object> entries(Made made) {
        var entries = new TreeMap<String, Object>();
        made.config().properties().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        entries.remove("Hostname");
        entries.remove("Image");
        return entries;
    }

    private static Map<String, String> unequal(Map<String, ?> ours, Map<String, ?> theirs) {
        var keys = new TreeSet<>(ours.keySet());
        keys.addAll(theirs.keySet());
        var unequal = new LinkedHashMap<String, String>();
        for (String key : keys) {
            Object here = ours.containsKey(key) ? ours.get(key) : "none";
            Object there = theirs.containsKey(key) ? theirs.get(key) : "none";
            if (!here.equals(there)) {
                unequal.put(key, here + " / " + there);
            }
        }
        return unequal;
    }
}
