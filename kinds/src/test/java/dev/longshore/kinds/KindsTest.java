package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Strategy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class KindsTest {

    private final List<ResourceDefinition> kinds = new Cluster().kinds;

    @Test
    void everyResourceOfKubernetesIsThere() throws IOException {
        var mine = new TreeMap<String, String>();
        for (ResourceDefinition kind : kinds) {
            String path = kind.kind().apiVersion() + " " + kind.names().plural();
            mine.put(path, shown(kind.kind(), kind.namespaced(), kind.verbs()));
            kind.subresources()
                    .forEach(sub -> mine.put(
                            path + "/" + sub.name(), shown(sub.kind(), kind.namespaced(), subVerbs(sub.verbs()))));
        }

        assertThat(mine).containsExactlyInAnyOrderEntriesOf(official());
    }

    private static Map<String, String> official() throws IOException {
        var all = new TreeMap<String, String>();
        try (var stream = KindsTest.class.getResourceAsStream("resources.tsv")) {
            for (String line : new String(stream.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (line.startsWith("#")) {
                    continue;
                }
                String[] columns = line.split("\t");
                boolean isSub = columns[1].contains("/");
                var verbs = new TreeSet<String>();
                for (String verb : columns[4].split(",")) {
                    switch (verb) {
                        case "post" -> verbs.add("create");
                        case "put" -> verbs.add("update");
                        case "watchlist" -> verbs.add("watch");
                        default -> verbs.add(verb);
                    }
                }
                int slash = columns[3].lastIndexOf('/');
                var kind = GroupVersionKind.of(columns[3].substring(0, slash), columns[3].substring(slash + 1));
                all.put(
                        columns[0] + " " + columns[1],
                        shown(kind, Boolean.parseBoolean(columns[2]), isSub ? subVerbs(verbs) : verbs));
            }
        }
        return all;
    }

    /// Conversations are one verb in the document and several in discovery.
    private static Set<String> subVerbs(Set<String> verbs) {
        boolean isConversation = verbs.contains("connect") || verbs.contains("create") && verbs.contains("get");
        return isConversation ? Set.of("connect") : verbs;
    }

    private static String shown(GroupVersionKind kind, boolean isNamespaced, Set<String> verbs) {
        return kind + " " + (isNamespaced ? "namespaced" : "cluster") + " " + new TreeSet<>(verbs);
    }

    @Test
    void everyKindHasItsDefinition() {
        var schemas = new KindSchemas();
        assertThat(kinds)
                .allSatisfy(kind -> assertThat(schemas.find(kind.schema())).isPresent());
    }

    @Test
    void shortNamesLeadToOneResourceEach() {
        var owners = new TreeMap<String, Set<String>>();
        for (ResourceDefinition kind : kinds) {
            for (String name : kind.names().shortNames()) {
                owners.computeIfAbsent(name, unseen -> new HashSet<>())
                        .add(kind.resource().resource());
            }
        }
        assertThat(owners).allSatisfy((name, resources) -> assertThat(resources).hasSize(1));
        assertThat(owners).containsKeys("po", "svc", "deploy", "cm", "ns", "sa", "no", "pvc", "hpa", "ing");
    }

    @Test
    void versionsOfOneResourceShareTheirStorage() {
        var prefixes = new TreeMap<String, Set<String>>();
        kinds.forEach(kind -> prefixes.computeIfAbsent(kind.resource().toString(), unseen -> new HashSet<>())
                .add(kind.storage().prefix() + " " + kind.storage().version()));
        assertThat(prefixes)
                .allSatisfy((resource, storages) -> assertThat(storages).hasSize(1));
    }

    @Test
    void alphaAndBetaAreOff() {
        var served = new ArrayList<String>();
        kinds.stream()
                .filter(ResourceDefinition::isServedByDefault)
                .forEach(kind -> served.add(kind.kind().version()));

        assertThat(served).containsOnly("v1", "v2");
    }

    private Set<String> resources(Predicate<Strategy> which) {
        var resources = new TreeSet<String>();
        kinds.stream()
                .filter(kind -> which.test(kind.strategy()))
                .forEach(kind -> resources.add(kind.resource().resource()));
        return resources;
    }

    @Test
    void someKindsAreMadeByPut() {
        assertThat(resources(Strategy::allowsCreateOnUpdate))
                .containsExactly(
                        "clusterrolebindings",
                        "clusterroles",
                        "endpoints",
                        "events",
                        "leasecandidates",
                        "leases",
                        "limitranges",
                        "rolebindings",
                        "roles",
                        "runtimeclasses",
                        "services");
    }

    @Test
    void someKindsAreNotPutBlindly() {
        assertThat(resources(strategy -> !strategy.allowsUnconditionalUpdate()))
                .containsExactly(
                        "apiservices",
                        "clustertrustbundles",
                        "csidrivers",
                        "csinodes",
                        "csistoragecapacities",
                        "customresourcedefinitions",
                        "leasecandidates",
                        "leases",
                        "mutatingadmissionpolicies",
                        "mutatingadmissionpolicybindings",
                        "mutatingwebhookconfigurations",
                        "podcertificaterequests",
                        "poddisruptionbudgets",
                        "resourcepoolstatusrequests",
                        "runtimeclasses",
                        "storageversionmigrations",
                        "storageversions",
                        "validatingadmissionpolicies",
                        "validatingadmissionpolicybindings",
                        "validatingwebhookconfigurations",
                        "volumeattachments");
    }
}
