package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Yaml;
import dev.longshore.kinds.podsecurity.PodSecurity;
import dev.longshore.model.Admission;
import dev.longshore.model.Call;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// What Pod Security makes of requests; what its controls say of pods is in their own test.
class PodSecurityTest {

    private static final String HOSTED = "{hostNetwork: true, containers: [{name: a, image: x}]}";
    private static final String PLAIN = "{containers: [{name: a, image: x}]}";
    private static final String VIOLATED = "host namespaces (hostNetwork=true)";

    private final Cluster cluster = new Cluster();
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, String> notes = new TreeMap<>();
    private PodSecurity rule = new PodSecurity(MissingNode.getInstance(), cluster.time);

    private void configure(String text) {
        rule = new PodSecurity(configuration(text), cluster.time);
    }

    private static JsonNode configuration(String text) {
        ObjectNode tree = (ObjectNode) Yaml.parse(text);
        tree.put("kind", "PodSecurityConfiguration");
        if (!tree.has("apiVersion")) {
            tree.put("apiVersion", "pod-security.admission.config.k8s.io/v1");
        }
        return tree;
    }

    private Resource namespace(String name, String labels) {
        Resource namespace = namespaceOf(name, labels);
        cluster.registry.put(namespace);
        return namespace;
    }

    private static Resource namespaceOf(String name, String labels) {
        return new Resource((ObjectNode) Yaml.parse(
                "{apiVersion: v1, kind: Namespace, metadata: {name: " + name + ", labels: " + labels + "}}"));
    }

    private static Resource pod(String name, String spec) {
        return new Resource((ObjectNode) Yaml.parse(
                "{apiVersion: v1, kind: Pod, metadata: {name: " + name + ", namespace: shop}, spec: " + spec + "}"));
    }

    private static Resource deployment(String spec) {
        return new Resource((ObjectNode) Yaml.parse("{apiVersion: apps/v1, kind: Deployment, metadata: {name: web,"
                + " namespace: shop}, spec: {template: {spec: " + spec + "}}}"));
    }

    private void create(Resource object) {
        write("alice", Admission.Operation.CREATE, "", object, Optional.empty());
    }

    private void update(Resource object, Resource old) {
        write("alice", Admission.Operation.UPDATE, "", object, Optional.of(old));
    }

    private void write(
            String user, Admission.Operation operation, String subresource, Resource object, Optional<Resource> old) {
        var call = new Call(
                UserInfo.of(user),
                false,
                warnings,
                (level, key, value) -> notes.put(key, value),
                cluster.time.now().plusSeconds(30));
        rule.validate(
                new Admission.Attempt(
                        call,
                        operation,
                        cluster.kindOf(object).resource(),
                        object.kind(),
                        subresource,
                        object.namespace(),
                        object.name(),
                        Optional.of(object),
                        old),
                cluster.registry);
    }

    private Map<String, Double> counted(String family) {
        return rule.metrics().stream()
                .filter(one -> one.name().equals(family))
                .flatMap(one -> one.samples().stream())
                .filter(sample -> sample.value() > 0)
                .collect(Collectors.toMap(sample -> String.join(" ", sample.values()), MetricFamily.Sample::value));
    }

    @Test
    void withoutLabelsNothingIsForbidden() {
        namespace("shop", "{}");

        assertThatCode(() -> create(pod("p", HOSTED))).doesNotThrowAnyException();

        assertThat(notes).isEqualTo(Map.of("pod-security.kubernetes.io/enforce-policy", "privileged:latest"));
        assertThat(counted("pod_security_evaluations_total"))
                .isEqualTo(Map.of("allow privileged latest enforce create pod ", 1.0));
    }

    @Test
    void whatIsEnforcedIsRefusedAndNothingElseIsSaid() {
        namespace("shop", "{pod-security.kubernetes.io/enforce: baseline}");

        assertThatThrownBy(() -> create(pod("p", HOSTED)))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isInstanceOf(Fault.Forbidden.class))
                .hasMessage("pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": " + VIOLATED);

        assertThat(warnings).isEmpty();
        assertThat(counted("pod_security_evaluations_total"))
                .isEqualTo(Map.of("deny baseline latest enforce create pod ", 1.0));
    }

    @Test
    void whatIsToBeNotedOrToldIsNotedAndTold() {
        namespace(
                "shop",
                "{pod-security.kubernetes.io/audit: baseline, pod-security.kubernetes.io/audit-version: v1.30,"
                        + " pod-security.kubernetes.io/warn: restricted, pod-security.kubernetes.io/warn-version: v1.7}");

        create(pod("p", HOSTED));

        assertThat(notes)
                .isEqualTo(Map.of(
                        "pod-security.kubernetes.io/enforce-policy",
                        "privileged:latest",
                        "pod-security.kubernetes.io/audit-violations",
                        "would violate PodSecurity \"baseline:v1.30\": " + VIOLATED));
        assertThat(warnings)
                .containsExactly("would violate PodSecurity \"restricted:v1.7\": " + VIOLATED
                        + ", runAsNonRoot != true (pod or container \"a\" must set securityContext.runAsNonRoot=true)");
        assertThat(counted("pod_security_evaluations_total"))
                .isEqualTo(Map.of(
                        "allow privileged latest enforce create pod ", 1.0,
                        "deny baseline v1.30 audit create pod ", 1.0,
                        "deny restricted v1.7 warn create pod ", 1.0));
    }

    @Test
    void ofTemplatesOneIsOnlyTold() {
        namespace("shop", "{pod-security.kubernetes.io/enforce: baseline}");

        create(deployment(HOSTED));

        assertThat(warnings).containsExactly("would violate PodSecurity \"baseline:latest\": " + VIOLATED);
        assertThat(counted("pod_security_evaluations_total"))
                .isEqualTo(Map.of("deny baseline latest warn create controller ", 1.0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            v1       | ReplicationController | spec: {template: {spec: %s}}
            v1       | PodTemplate           | template: {spec: %s}
            apps/v1  | ReplicaSet            | spec: {template: {spec: %s}}
            apps/v1  | Deployment            | spec: {template: {spec: %s}}
            apps/v1  | StatefulSet           | spec: {template: {spec: %s}}
            apps/v1  | DaemonSet             | spec: {template: {spec: %s}}
            batch/v1 | Job                   | spec: {template: {spec: %s}}
            batch/v1 | CronJob               | spec: {jobTemplate: {spec: {template: {spec: %s}}}}
            """)
    void everyKindThatMakesPodsIsLookedAt(String version, String kind, String content) {
        namespace("shop", "{pod-security.kubernetes.io/warn: baseline}");
        var object = new Resource((ObjectNode) Yaml.parse("{apiVersion: " + version + ", kind: " + kind
                + ", metadata: {name: o, namespace: shop}, " + content.formatted(HOSTED) + "}"));

        create(object);
        update(object, object);
        write("alice", Admission.Operation.UPDATE, "status", object, Optional.of(object));

        assertThat(warnings).hasSize(2).allMatch(warning -> warning.endsWith(VIOLATED));
    }

    @Test
    void aControllerWithoutTemplatePasses() {
        namespace("shop", "{pod-security.kubernetes.io/warn: restricted}");

        create(new Resource((ObjectNode) Yaml.parse(
                "{apiVersion: v1, kind: ReplicationController, metadata: {name: o, namespace: shop}, spec: {}}")));

        assertThat(warnings).isEmpty();
    }

    @Test
    void aWarningLabelSaysWhatIsToldAndNotTheEnforcedLevel() {
        namespace(
                "shop", "{pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/warn: privileged}");

        create(deployment(HOSTED));

        assertThat(warnings).isEmpty();
    }

    @Test
    void labelsThatCannotBeReadMeanTheStrictestLevelAndAreNoted() {
        namespace("shop", "{pod-security.kubernetes.io/enforce: other, pod-security.kubernetes.io/warn-version: v2}");

        assertThatThrownBy(() -> create(pod("p", PLAIN)))
                .hasMessageContaining("violates PodSecurity \"restricted:latest\"");

        assertThat(notes)
                .containsEntry(
                        "pod-security.kubernetes.io/error",
                        "Failed to parse policy: [metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value:"
                                + " \"other\": must be one of privileged, baseline, restricted,"
                                + " metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: \"v2\":"
                                + " must be \"latest\" or \"v1.x\"]");
        assertThat(counted("pod_security_errors_total")).isEqualTo(Map.of("false create pod ", 1.0));
    }

    @Test
    void onlyChangesThatMatterAreJudged() {
        namespace("shop", "{pod-security.kubernetes.io/enforce: baseline}");
        Resource old = pod("p", HOSTED);
        Resource labelled = old.copy();
        labelled.metadata().putObject("labels").put("a", "b");
        Resource otherImage = pod("p", "{hostNetwork: true, containers: [{name: a, image: y}]}");
        Resource debugged = pod("p", HOSTED);
        debugged.object("spec")
                .putArray("ephemeralContainers")
                .addObject()
                .put("name", "d")
                .put("image", "x");
        Resource debuggedAnew = debugged.copy();
        ((ObjectNode) debuggedAnew.at("spec", "ephemeralContainers").get(0)).put("image", "z");

        update(labelled, old);
        update(debugged, debugged);
        write("alice", Admission.Operation.UPDATE, "status", otherImage, Optional.of(old));

        assertThatThrownBy(() -> update(otherImage, old)).hasMessageContaining(VIOLATED);
        assertThatThrownBy(() ->
                        write("alice", Admission.Operation.UPDATE, "ephemeralcontainers", debugged, Optional.of(old)))
                .hasMessageContaining(VIOLATED);
        assertThatThrownBy(() -> update(debuggedAnew, debugged)).hasMessageContaining(VIOLATED);
    }

    @Test
    void ephemeralContainersAreJudgedAsOthersAre() {
        namespace("shop", "{pod-security.kubernetes.io/enforce: baseline}");
        Resource old = pod("p", PLAIN);
        Resource now = pod(
                "p",
                "{containers: [{name: a, image: x}], ephemeralContainers: [{name: d, image: x, securityContext:"
                        + " {privileged: true}}]}");

        assertThatThrownBy(
                        () -> write("alice", Admission.Operation.UPDATE, "ephemeralcontainers", now, Optional.of(old)))
                .hasMessage("pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": privileged (container"
                        + " \"d\" must not set securityContext.privileged=true)");
    }

    @Test
    void whoIsExemptIsNotLookedAt() {
        namespace("shop", "{}");
        namespace("open", "{}");
        configure("{defaults: {enforce: baseline}, exemptions: {usernames: [root], namespaces: [open],"
                + " runtimeClasses: [vm]}}");

        write("root", Admission.Operation.CREATE, "", pod("p", HOSTED), Optional.empty());
        assertThat(notes).isEqualTo(Map.of("pod-security.kubernetes.io/exempt", "user"));
        create(pod("p", "{runtimeClassName: vm, hostNetwork: true, containers: []}"));
        assertThat(notes).isEqualTo(Map.of("pod-security.kubernetes.io/exempt", "runtimeClass"));
        Resource elsewhere = pod("p", HOSTED);
        elsewhere.metadata().put("namespace", "open");
        create(elsewhere);
        assertThat(notes).isEqualTo(Map.of("pod-security.kubernetes.io/exempt", "namespace"));

        assertThatThrownBy(() -> create(pod("p", HOSTED))).hasMessageContaining(VIOLATED);
        assertThat(counted("pod_security_exemptions_total")).isEqualTo(Map.of("create pod ", 3.0));
    }

    @Test
    void defaultsHoldWhereNoLabelSaysOtherwise() {
        configure("{apiVersion: pod-security.admission.config.k8s.io/v1beta1,"
                + " defaults: {enforce: baseline, enforce-version: v1.33, warn: restricted}}");
        namespace("shop", "{other: label}");

        assertThatThrownBy(() -> create(pod("p", HOSTED))).hasMessageContaining("\"baseline:v1.33\"");
        create(pod("p", PLAIN));
        assertThat(warnings).singleElement().asString().startsWith("would violate PodSecurity \"restricted:latest\"");
    }

    @Test
    void labelsMustBeReadable() {
        assertThatThrownBy(() -> create(namespaceOf(
                        "shop",
                        "{pod-security.kubernetes.io/enforce: Baseline, pod-security.kubernetes.io/audit-version:"
                                + " latst}")))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isInstanceOf(Fault.Invalid.class))
                .hasMessage("Namespace \"shop\" is invalid: [metadata.labels[pod-security.kubernetes.io/enforce]:"
                        + " Invalid value: \"Baseline\": must be one of privileged, baseline, restricted,"
                        + " metadata.labels[pod-security.kubernetes.io/audit-version]: Invalid value: \"latst\": must be"
                        + " \"latest\" or \"v1.x\"]");
    }

    @Test
    void labelsThatWereUnreadableBeforeMayStay() {
        Resource old = namespaceOf("shop", "{pod-security.kubernetes.io/enforce: other}");
        Resource now = namespaceOf("shop", "{pod-security.kubernetes.io/enforce: other, a: b}");
        Resource worse = namespaceOf("shop", "{pod-security.kubernetes.io/enforce: another}");

        update(now, old);

        assertThatThrownBy(() -> update(worse, old)).hasMessageContaining("\"another\"");
    }

    @Test
    void whoMakesANamespaceStricterIsToldOfPodsThatWouldNotGetIn() {
        namespace("shop", "{}");
        List.of("b", "a", "c").forEach(name -> cluster.registry.put(pod(name, HOSTED)));
        cluster.registry.put(pod("d", PLAIN));
        cluster.registry.put(pod(
                "z",
                "{hostNetwork: true, hostPID: true, containers: [{name: a, image: x, ports:" + " [{hostPort: 1}]}]}"));
        cluster.registry.put(pod("y", "{hostIPC: true, containers: [{name: q, image: x, ports: [{hostPort: 2}]}]}"));
        cluster.registry.put(pod("x", "{containers: [{name: q, image: x, securityContext: {privileged: true}}]}"));

        update(namespaceOf("shop", "{pod-security.kubernetes.io/enforce: baseline}"), namespaceOf("shop", "{}"));

        assertThat(warnings)
                .containsExactly(
                        "existing pods in namespace \"shop\" violate the new PodSecurity enforce level"
                                + " \"baseline:latest\"",
                        "a (and 2 other pods): host namespaces",
                        "x: privileged",
                        "y (and 1 other pod): host namespaces, hostPort");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            baseline   | latest | baseline   | latest | false
            baseline   | latest | privileged | v1.1   | false
            restricted | latest | baseline   | latest | false
            baseline   | latest | restricted | latest | true
            restricted | latest | baseline   | v1.30  | true
            privileged | latest | baseline   | latest | true
            """)
    void onlyALevelThatMayForbidMoreIsTriedOnPods(
            String before, String beforeVersion, String now, String nowVersion, boolean isTried) {
        namespace("shop", "{}");
        cluster.registry.put(pod("p", HOSTED));
        String labels = "{pod-security.kubernetes.io/enforce: %s, pod-security.kubernetes.io/enforce-version: %s}";

        update(
                namespaceOf("shop", labels.formatted(now, nowVersion)),
                namespaceOf("shop", labels.formatted(before, beforeVersion)));

        assertThat(warnings).hasSize(isTried ? 2 : 0);
    }

    @Test
    void podsOfOneOwnerAreTriedAfterOneOfEachAndNotAllOfVeryMany() {
        namespace("shop", "{}");
        Resource first = pod("a", PLAIN);
        first.metadata().putArray("ownerReferences").addObject().put("uid", "u").put("controller", true);
        for (int i = 0; i < 3000; i++) {
            Resource replica = first.copy();
            replica.metadata().put("name", "a%04d".formatted(i));
            cluster.registry.put(replica);
        }
        cluster.registry.put(pod("z", HOSTED));

        update(namespaceOf("shop", "{pod-security.kubernetes.io/enforce: baseline}"), namespaceOf("shop", "{}"));

        assertThat(warnings)
                .containsExactly(
                        "new PodSecurity enforce level only checked against the first 3000 of 3001 existing pods",
                        "existing pods in namespace \"shop\" violate the new PodSecurity enforce level"
                                + " \"baseline:latest\"",
                        "z: host namespaces");
    }

    @Test
    void ofAnExemptNamespaceItIsToldThatItsLabelsMeanNothing() {
        configure("{exemptions: {namespaces: [open]}}");
        Resource labelled = namespaceOf(
                "open",
                "{pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/audit-version: v1.3,"
                        + " pod-security.kubernetes.io/warn: restricted}");

        create(labelled);
        update(labelled, namespaceOf("open", "{}"));
        create(namespaceOf("open", "{}"));

        String told = "namespace \"open\" is exempt from Pod Security, and the policy (enforce=baseline:latest,"
                + " warn=restricted:latest) will be ignored";
        assertThat(warnings).containsExactly(told, told);
    }

    @Test
    void policiesOfReleasesToComeAreNotCountedApart() {
        namespace(
                "shop",
                "{pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/enforce-version: v1.99}");

        create(pod("p", PLAIN));

        assertThat(notes).containsEntry("pod-security.kubernetes.io/enforce-policy", "baseline:v1.99");
        assertThat(counted("pod_security_evaluations_total"))
                .isEqualTo(Map.of("allow baseline future enforce create pod ", 1.0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {defaults: {enforce: other}} | PodSecurity configuration error: enforce: must be one of privileged, baseline, restricted
            {defaults: {warn-version: v1, audit: x}} | PodSecurity configuration error: [audit: must be one of privileged, baseline, restricted, warn-version: must be "latest" or "v1.x"]
            {exemptions: {namespaces: [a, a]}} | PodSecurity invalid: exemptions.namespaces[1]: Duplicate value: "a"
            {exemptions: {usernames: [""]}} | PodSecurity invalid: exemptions.usernames[0]: Invalid value: "": username must not be empty
            {exemptions: {user: [a]}} | strict decoding error: unknown field "exemptions.user"
            {apiVersion: v3} | no kind "PodSecurityConfiguration" is registered for version "v3": it must be kind PodSecurityConfiguration of pod-security.admission.config.k8s.io/v1 or pod-security.admission.config.k8s.io/v1beta1 or pod-security.admission.config.k8s.io/v1alpha1
            """)
    void aConfigurationThatCannotBeIsRefused(String text, String message) {
        assertThatThrownBy(() -> configure(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void aRequestThatHasNoTimeLeftLooksAtOnePodOnly() {
        namespace("shop", "{}");
        cluster.registry.put(pod("a", HOSTED));
        cluster.registry.put(pod("b", HOSTED));
        var call = new Call(UserInfo.of("alice"), true, warnings, (level, key, value) -> {}, Instant.EPOCH);
        Resource now = namespaceOf("shop", "{pod-security.kubernetes.io/enforce: baseline}");

        rule.validate(
                new Admission.Attempt(
                        call,
                        Admission.Operation.UPDATE,
                        cluster.kindOf(now).resource(),
                        now.kind(),
                        "",
                        "",
                        "shop",
                        Optional.of(now),
                        Optional.of(namespaceOf("shop", "{}"))),
                cluster.registry);

        assertThat(warnings)
                .contains(
                        "new PodSecurity enforce level only checked against the first 1 of 2 existing pods",
                        "a: host" + " namespaces");
    }
}
