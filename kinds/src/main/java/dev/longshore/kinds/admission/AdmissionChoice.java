package dev.longshore.kinds.admission;

import static java.util.Map.entry;

import dev.longshore.base.Json;
import dev.longshore.model.Admission;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Which rules hold, and how they are configured, as kube-apiserver's flags say it.
///
/// @param enabled of `--enable-admission-plugins`
/// @param disabled of `--disable-admission-plugins`
/// @param configurations by the names of rules, of the file that `--admission-control-config-file` names
public record AdmissionChoice(Set<String> enabled, Set<String> disabled, Map<String, JsonNode> configurations) {

    /// As without flags.
    public static final AdmissionChoice DEFAULT = new AdmissionChoice(Set.of(), Set.of(), Map.of());

    /// Those that change nothing here, whether they are on or not, and why.
    private static final Map<String, String> IDLE = Map.ofEntries(
            entry("AlwaysAdmit", "it does nothing and is deprecated"),
            entry("PodGroupProtection", "groups of pods are not there"),
            entry("PodGroupWorkloadExists", "groups of pods are not there"),
            entry("JobValidation", "groups of pods are not there"));

    /// @throws IllegalArgumentException if a name is not known, or is in both lists
    public AdmissionChoice {
        enabled = Set.copyOf(enabled);
        disabled = Set.copyOf(disabled);
        configurations = Map.copyOf(configurations);
        refuseUnknown("enable-admission-plugins", enabled);
        refuseUnknown("disable-admission-plugins", disabled);
        var both = new TreeSet<>(enabled);
        both.retainAll(disabled);
        if (!both.isEmpty()) {
            throw new IllegalArgumentException("[" + String.join(" ", both)
                    + "] in enable-admission-plugins and disable-admission-plugins overlapped");
        }
    }

    /// What the flags say.
    ///
    /// @param file an `AdmissionConfiguration`; empty for none
    /// @throws IllegalArgumentException if they say what cannot be
    public static AdmissionChoice of(Collection<String> enabled, Collection<String> disabled, Optional<Path> file) {
        return new AdmissionChoice(
                Set.copyOf(enabled),
                Set.copyOf(disabled),
                file.map(AdmissionFile::read).orElse(Map.of()));
    }

    private static void refuseUnknown(String flag, Set<String> names) {
        var unknown = new TreeSet<>(names);
        unknown.removeAll(PluginNames.ORDER);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(flag + " plugin \"" + unknown.first() + "\" is unknown");
        }
    }

    /// The configuration of the rule `name`; a missing node if there is none, or the rule does not hold.
    public JsonNode configuration(String name) {
        JsonNode none = Json.object().path(name);
        return has(name) ? configurations.getOrDefault(name, none) : none;
    }

    /// True if the rule `name` holds. Rules that kube-apiserver has in other places than its plugins always do.
    public boolean has(String name) {
        boolean isOff = disabled.contains(name) || PluginNames.OFF.contains(name);
        return enabled.contains(name) || !isOff;
    }

    /// Those of `rules` that hold.
    List<Admission> of(Stream<Admission> rules) {
        return rules.filter(rule -> has(rule.name())).toList();
    }

    /// What should be said of names that change nothing.
    public List<String> warnings() {
        var warnings = new ArrayList<String>();
        for (String name : PluginNames.ORDER) {
            if (IDLE.containsKey(name) && (enabled.contains(name) || disabled.contains(name))) {
                warnings.add("admission plugin \"" + name + "\" changes nothing: " + IDLE.get(name));
            }
        }
        return warnings;
    }
}
