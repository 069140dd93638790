package dev.longshore.kinds.authorization;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// What somebody would grant without holding it. Rules are taken apart into single rights; those that are missing are
/// put together again where they differ by their verb only, as refusals show them.
final class MissingRights {

    private MissingRights() {}

    /// What of `wanted` none of `held` covers, in the words of refusals and in their order; empty if all is covered.
    static List<String> of(List<Rule> held, List<Rule> wanted) {
        List<Rule> missing = wanted.stream()
                .flatMap(rule -> rule.parts().stream())
                .filter(part -> held.stream().noneMatch(rule -> rule.covers(part)))
                .toList();
        var shown = new TreeSet<String>();
        together(missing).forEach(rule -> shown.add(rule.shown()));
        return List.copyOf(shown);
    }

    private static List<Rule> together(List<Rule> parts) {
        var apart = new ArrayList<Rule>();
        Map<List<Object>, Rule> byResource = new LinkedHashMap<>();
        for (Rule part : parts) {
            if (part.paths().isEmpty()) {
                byResource.merge(
                        List.of(part.groups(), part.resources(), part.names()),
                        part,
                        (rule, more) -> rule.and(more.verbs()));
            } else {
                apart.add(part);
            }
        }
        apart.addAll(byResource.values());
        return apart;
    }
}
