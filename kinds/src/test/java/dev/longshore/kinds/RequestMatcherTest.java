package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import dev.longshore.kinds.matching.Exemptions;
import dev.longshore.kinds.matching.RequestMatcher;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Admission.Operation;
import dev.longshore.model.AdmissionRounds;
import dev.longshore.model.AdmissionSetting;
import dev.longshore.model.Call;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.GroupVersionResource;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class RequestMatcherTest {

    private static final GroupVersionKind POD = new GroupVersionKind("", "v1", "Pod");

    private final Cluster cluster = new Cluster();

    @ParameterizedTest
    @CsvSource({
        "pods,,true",
        "pods,status,false",
        "pods/status,status,true",
        "pods/*,status,true",
        "pods/*,,true",
        "*,,true",
        "*,status,false",
        "*/*,status,true",
        "*/*,,true",
        "*/status,status,true",
        "*/scale,status,false",
        "nodes,,false",
    })
    void resourcesAndWhatIsBelowThem(String rule, String subresource, boolean fits) {
        var attempt = attempt(Operation.UPDATE, subresource == null ? "" : subresource, Map.of());

        assertThat(fits(webhook(rule), attempt)).isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource({
        "CREATE,CREATE,true",
        "*,DELETE,true",
        "UPDATE,CREATE,false",
    })
    void operations(String rule, Operation operation, boolean fits) {
        ObjectNode webhook = webhook("pods");
        first(webhook).putArray("operations").add(rule);

        assertThat(fits(webhook, attempt(operation, "", Map.of()))).isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource({
        "'',v1,true",
        "*,*,true",
        "apps,v1,false",
        "'',v2,false",
    })
    void groupsAndVersions(String group, String version, boolean fits) {
        ObjectNode webhook = webhook("pods");
        first(webhook).putArray("apiGroups").add(group);
        first(webhook).putArray("apiVersions").add(version);

        assertThat(fits(webhook, attempt(Operation.CREATE, "", Map.of()))).isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource({
        "Namespaced,true,false",
        "Cluster,false,true",
        "*,true,true",
    })
    void scopesWhereANamespaceIsOfTheCluster(String scope, boolean fitsPod, boolean fitsNamespace) {
        ObjectNode webhook = webhook("*");
        first(webhook).put("scope", scope);

        assertThat(fits(webhook, attempt(Operation.CREATE, "", Map.of()))).isEqualTo(fitsPod);
        assertThat(fits(webhook, ofNamespace(Operation.CREATE, Map.of()))).isEqualTo(fitsNamespace);
    }

    @Test
    void labelsOfTheNamespaceCountAndThoseOfANamespaceThatIsWrittenAreItsNewOnes() {
        cluster.registry.put(namespace("default", Map.of("watched", "no")));
        ObjectNode webhook = webhook("*");
        webhook.putObject("namespaceSelector").putObject("matchLabels").put("watched", "yes");

        assertThat(fits(webhook, attempt(Operation.CREATE, "", Map.of()))).isFalse();
        assertThat(fits(webhook, ofNamespace(Operation.UPDATE, Map.of("watched", "yes"))))
                .isTrue();
        cluster.registry.put(namespace("default", Map.of("watched", "yes")));
        assertThat(fits(webhook, attempt(Operation.CREATE, "", Map.of()))).isTrue();
    }

    @Test
    void aNamespaceThatIsNotThereIsNotFoundButOnlyIfTheRulesFit() {
        ObjectNode webhook = webhook("pods");
        webhook.putObject("namespaceSelector").putObject("matchLabels").put("watched", "yes");
        Attempt attempt = attempt(Operation.CREATE, "", Map.of());

        assertThatThrownBy(() -> fits(webhook, attempt))
                .isInstanceOf(FaultException.class)
                .hasMessage("namespaces \"default\" not found");
        first(webhook).putArray("resources").add("services");
        assertThat(fits(webhook, attempt)).isFalse();
    }

    @Test
    void labelsBeforeOrAfterMakeAnObjectFit() {
        ObjectNode webhook = webhook("pods");
        webhook.putObject("objectSelector").putObject("matchLabels").put("a", "b");

        assertThat(fits(webhook, attempt(Operation.CREATE, "", Map.of()))).isFalse();
        assertThat(fits(webhook, attempt(Operation.CREATE, "", Map.of("a", "b"))))
                .isTrue();
        Attempt deletion = new Attempt(
                call(),
                Operation.DELETE,
                new GroupResource("", "pods"),
                POD,
                "",
                "default",
                "p",
                Optional.empty(),
                Optional.of(pod(Map.of("a", "b"))));
        assertThat(fits(webhook, deletion)).isTrue();
    }

    @Test
    void anotherVersionFitsIfTheSameObjectsAreMeantAndIsHowTheWebhookSeesThem() {
        var beta = new AdmissionSetting.View(
                new GroupVersionResource("apps", "v1beta1", "deployments"),
                new GroupVersionKind("apps", "v1beta1", "Deployment"));
        Attempt attempt = new Attempt(
                call(),
                Operation.CREATE,
                new GroupResource("apps", "deployments"),
                new GroupVersionKind("apps", "v1", "Deployment"),
                "",
                "default",
                "d",
                Optional.of(pod(Map.of())),
                Optional.empty(),
                new Others("v1", List.of(beta)));
        ObjectNode webhook = webhook("deployments");
        first(webhook).putArray("apiGroups").add("apps");
        first(webhook).putArray("apiVersions").add("v1beta1");

        webhook.put("matchPolicy", "Exact");
        assertThat(fits(webhook, attempt)).isFalse();
        webhook.put("matchPolicy", "Equivalent");
        assertThat(RequestMatcher.ofWebhook(webhook).match(attempt, cluster.registry))
                .contains(new RequestMatcher.Match(beta.resource(), beta.kind()));
    }

    @Test
    void aPolicyLeavesOutWhatItExcludesAndNamesObjects() {
        ObjectNode match = Json.object();
        match.putArray("excludeResourceRules")
                .add(rule("pods").set("resourceNames", Json.array().add("other")));

        Attempt attempt = attempt(Operation.UPDATE, "", Map.of());
        assertThat(RequestMatcher.ofPolicy(match).match(attempt, cluster.registry))
                .isPresent();
        match.putArray("excludeResourceRules")
                .add(rule("pods").set("resourceNames", Json.array().add("p")));
        assertThat(RequestMatcher.ofPolicy(match).match(attempt, cluster.registry))
                .isEmpty();
    }

    @Test
    void whatConfiguresWebhooksIsExempt() {
        Attempt attempt = new Attempt(
                call(),
                Operation.UPDATE,
                new GroupResource("admissionregistration.k8s.io", "mutatingwebhookconfigurations"),
                new GroupVersionKind("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration"),
                "",
                "",
                "w",
                Optional.empty(),
                Optional.empty());

        assertThat(Exemptions.isConfiguration(attempt)).isTrue();
        assertThat(Exemptions.isConfiguration(attempt(Operation.CREATE, "", Map.of())))
                .isFalse();
    }

    private boolean fits(ObjectNode webhook, Attempt attempt) {
        return RequestMatcher.ofWebhook(webhook)
                .match(attempt, cluster.registry)
                .isPresent();
    }

    private static ObjectNode webhook(String resource) {
        ObjectNode webhook = Json.object();
        webhook.putArray("rules").add(rule(resource));
        return webhook;
    }

    private static ObjectNode rule(String resource) {
        ObjectNode rule = Json.object();
        rule.putArray("operations").add("*");
        rule.putArray("apiGroups").add("");
        rule.putArray("apiVersions").add("v1");
        rule.putArray("resources").add(resource);
        return rule;
    }

    private static ObjectNode first(ObjectNode webhook) {
        return (ObjectNode) webhook.path("rules").get(0);
    }

    private static Attempt attempt(Operation operation, String subresource, Map<String, String> labels) {
        return new Attempt(
                call(),
                operation,
                new GroupResource("", "pods"),
                POD,
                subresource,
                "default",
                "p",
                Optional.of(pod(labels)),
                Optional.empty());
    }

    private static Attempt ofNamespace(Operation operation, Map<String, String> labels) {
        return new Attempt(
                call(),
                operation,
                new GroupResource("", "namespaces"),
                new GroupVersionKind("", "v1", "Namespace"),
                "",
                "",
                "default",
                Optional.of(namespace("default", labels)),
                Optional.empty());
    }

    private static Resource pod(Map<String, String> labels) {
        return labelled(Resource.of(POD, "default", "p"), labels);
    }

    private static Resource namespace(String name, Map<String, String> labels) {
        return labelled(Resource.of(new GroupVersionKind("", "v1", "Namespace"), "", name), labels);
    }

    private static Resource labelled(Resource object, Map<String, String> labels) {
        ObjectNode node = object.metadata().putObject("labels");
        labels.forEach(node::put);
        return object;
    }

    private static Call call() {
        return new Call(UserInfo.of("alice"), false, List.of());
    }

    /// Knows other versions.
    private record Others(String version, List<View> equivalents) implements AdmissionSetting {
        @Override
        public Optional<ObjectNode> options() {
            return Optional.empty();
        }

        @Override
        public Resource as(Resource object, GroupVersionKind kind) {
            return object;
        }

        @Override
        public List<String> settle(Resource object, GroupVersionKind kind) {
            return List.of();
        }

        @Override
        public AdmissionRounds rounds() {
            return new AdmissionRounds();
        }
    }
}
