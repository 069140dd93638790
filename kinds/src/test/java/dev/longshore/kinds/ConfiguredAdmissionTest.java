package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.kinds.admission.AdmissionChoice;
import dev.longshore.kinds.admission.WaysOut;
import dev.longshore.kinds.authorization.webhook.ReviewCall;
import dev.longshore.model.Admission;
import dev.longshore.model.Admission.Operation;
import dev.longshore.model.Call;
import dev.longshore.model.FaultException;
import dev.longshore.model.OutboundCall;
import dev.longshore.model.Resource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Rules of admission that are off until somebody names them, and configured by a file.
class ConfiguredAdmissionTest {

    private final Cluster cluster = new Cluster();
    private final List<JsonNode> asked = new ArrayList<>();
    private int status = 200;
    private String answer = "{}";

    private static Resource read(String yaml) {
        return new Resource((ObjectNode) Yaml.parse(yaml));
    }

    private static Resource pod(String spec) {
        return read("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: default}, spec: " + spec + "}");
    }

    private ReviewCall.Answer answered(byte[] body) throws IOException {
        asked.add(Json.parse(body));
        if (status == 0) {
            throw new IOException("Post \"https://images\": connection refused");
        }
        return new ReviewCall.Answer(status, answer.getBytes(StandardCharsets.UTF_8), false);
    }

    private Admission rule(String name, String configuration) {
        Map<String, JsonNode> configurations =
                configuration.isEmpty() ? Map.of() : Map.of(name, Yaml.parse(configuration));
        var choice = new AdmissionChoice(Set.of(name), Set.of(), configurations);
        Admissions.check(choice);
        return Admissions.chosen(
                        cluster.context,
                        choice,
                        new WaysOut(kubeconfig -> OutboundCall.NONE, kubeconfig -> (body, limit) -> answered(body)))
                .stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void write(Admission rule, Operation operation, Resource object, Optional<Resource> old) {
        var attempt = new Admission.Attempt(
                call(),
                operation,
                cluster.kindOf(object).resource(),
                object.kind(),
                "",
                object.namespace(),
                object.name(),
                Optional.of(object),
                old);
        rule.mutate(attempt, cluster.registry);
        rule.validate(attempt, cluster.registry);
    }

    /// As the server lets a request take.
    private Call call() {
        return new Call(
                cluster.call.user(),
                false,
                cluster.call.warnings(),
                cluster.call.notes(),
                cluster.time.now().plusSeconds(60));
    }

    private Resource create(Admission rule, Resource object) {
        write(rule, Operation.CREATE, object, Optional.empty());
        return object;
    }

    private void annotate(String annotation, String value) {
        Resource namespace = read("{apiVersion: v1, kind: Namespace, metadata: {name: default}}");
        namespace.object("metadata").putObject("annotations").put(annotation, value);
        cluster.registry.put(namespace);
    }

    private static Resource event(String name, String source) {
        return read("{apiVersion: v1, kind: Event, metadata: {name: %s, namespace: default}, source: {component: %s}}"
                .formatted(name, source));
    }

    private static String limit(String type) {
        return "{apiVersion: eventratelimit.admission.k8s.io/v1alpha1, kind: Configuration, limits: [{type: " + type
                + ", qps: 1, burst: 2}]}";
    }

    @Test
    void eventsBeyondTheLimitAreRefusedUntilTimeGoesBy() {
        Admission rule = rule("EventRateLimit", limit("Namespace"));
        create(rule, event("a", "x"));
        create(rule, event("b", "y"));

        assertThatThrownBy(() -> create(rule, event("c", "z")))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault().code()).isEqualTo(429))
                .hasMessage("Too many requests: limit reached on type Namespace for key default");
        cluster.time.advance(Duration.ofSeconds(1));
        assertThatCode(() -> create(rule, event("c", "z"))).doesNotThrowAnyException();
        assertThatThrownBy(() -> create(rule, event("d", "z"))).hasMessageStartingWith("Too many requests");
        assertThatCode(() -> create(rule, pod("{}"))).doesNotThrowAnyException();
    }

    @Test
    void eventsOfEachSourceHaveALimitOfTheirOwn() {
        Admission rule = rule("EventRateLimit", limit("SourceAndObject"));
        create(rule, event("a", "x"));
        create(rule, event("b", "x"));

        assertThatThrownBy(() -> create(rule, event("c", "x")))
                .hasMessage("Too many requests: limit reached on type SourceAndObject for key x");
        assertThatCode(() -> create(rule, event("d", "y"))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            EventRateLimit | | limits: Invalid value: null: must not be empty
            EventRateLimit | {apiVersion: eventratelimit.admission.k8s.io/v1alpha1, kind: Configuration, limits: [{type: Odd, qps: 1}]} | [limits[0].type: Unsupported value: "Odd": supported values: "Namespace", "Server", "SourceAndObject", "User", limits[0].burst: Invalid value: 0: must be positive]
            EventRateLimit | {apiVersion: v1, kind: Configuration} | no kind "Configuration" is registered for version "v1": it must be kind Configuration of eventratelimit.admission.k8s.io/v1alpha1
            ImagePolicyWebhook | | no config specified
            ImagePolicyWebhook | {imagePolicy: {kubeConfigFile: k, allowTTL: 3600}} | valid value is between 1s and 30m0s, got 1h0m0s
            PodTolerationRestriction | {apiVersion: podtolerationrestriction.admission.k8s.io/v1alpha1, kind: Configuration, default: [{key: a, operator: Odd}]} | invalid config: [podtolerationrestriction.default[0].operator: Unsupported value: "Odd": supported values: "Equal", "Exists"]
            ValidatingAdmissionWebhook | {apiVersion: apiserver.config.k8s.io/v1, kind: WebhookAdmissionConfiguration, kubeConfigFile: here} | kubeConfigFile: Invalid value: "here": must be an absolute file path
            ResourceQuota | {apiVersion: apiserver.config.k8s.io/v1, kind: ResourceQuotaConfiguration, limitedResources: [{matchContains: [a]}]} | limitedResources[0].resource: Required value
            """)
    void whatMakesNoSenseEndsTheStart(String name, String configuration, String message) {
        assertThatThrownBy(() -> rule(name, configuration == null ? "" : configuration))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("couldn't init admission plugin \"" + name + "\": " + message);
    }

    @Test
    void podsGetTheNodeLabelsOfTheirNamespace() {
        annotate("scheduler.alpha.kubernetes.io/node-selector", "zone=a, disk = ssd");
        Admission rule = rule("PodNodeSelector", "");

        assertThat(create(rule, pod("{nodeSelector: {own: x}}"))
                        .at("spec", "nodeSelector")
                        .toString())
                .isEqualTo("{\"own\":\"x\",\"disk\":\"ssd\",\"zone\":\"a\"}");
        assertThatThrownBy(() -> create(rule, pod("{nodeSelector: {zone: b}}")))
                .hasMessage("pods \"p\" is forbidden: pod node label selector conflicts with its namespace node label"
                        + " selector");
        annotate("scheduler.alpha.kubernetes.io/node-selector", "zone");
        assertThatThrownBy(() -> create(rule, pod("{}"))).hasMessage("invalid selector: [zone]");
    }

    @Test
    void aFileSaysNodeLabelsForAllAndWhatANamespaceMayAskFor() {
        cluster.registry.put(read("{apiVersion: v1, kind: Namespace, metadata: {name: default}}"));
        Admission rule = rule(
                "PodNodeSelector",
                "{podNodeSelectorPluginConfig: {clusterDefaultNodeSelector: zone=a, default: 'zone=a,disk=ssd'}}");

        assertThat(create(rule, pod("{}")).at("spec", "nodeSelector").toString())
                .isEqualTo("{\"zone\":\"a\"}");
        assertThatCode(() -> create(rule, pod("{nodeSelector: {disk: ssd}}"))).doesNotThrowAnyException();
        assertThatThrownBy(() -> create(rule, pod("{nodeSelector: {disk: tape}}")))
                .hasMessage("pods \"p\" is forbidden: pod node label selector labels conflict with its namespace"
                        + " whitelist");
    }

    private static final String TOLERATIONS = "{apiVersion: podtolerationrestriction.admission.k8s.io/v1alpha1, kind:"
            + " Configuration, default: [{key: all, operator: Exists}], whitelist: [{key: all, operator: Exists},"
            + " {key: own, operator: Exists}, {key: node.kubernetes.io/memory-pressure, operator: Exists}]}";

    @Test
    void podsGetTolerationsAndMayHaveNoOthers() {
        cluster.registry.put(read("{apiVersion: v1, kind: Namespace, metadata: {name: default}}"));
        Admission rule = rule("PodTolerationRestriction", TOLERATIONS);

        Resource pod = create(
                rule,
                pod("{tolerations: [{key: own, operator: Equal, value: x}, {key: all, operator: Equal, value: y}],"
                        + " containers: [{name: a, resources: {requests: {cpu: 1}}}]}"));

        assertThat(pod.at("spec", "tolerations").toString())
                .isEqualTo("[{\"key\":\"own\",\"operator\":\"Equal\",\"value\":\"x\"},{\"key\":\"all\",\"operator\":"
                        + "\"Exists\"},{\"key\":\"node.kubernetes.io/memory-pressure\",\"operator\":\"Exists\","
                        + "\"effect\":\"NoSchedule\"}]");
        assertThatThrownBy(() -> create(rule, pod("{tolerations: [{operator: Exists}]}")))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault().code()).isEqualTo(500))
                .hasMessage("pod tolerations (possibly merged with namespace default tolerations) conflict with its"
                        + " cluster whitelist");
    }

    @Test
    void aNamespaceSaysItsOwnTolerations() {
        annotate(
                "scheduler.alpha.kubernetes.io/tolerationsWhitelist",
                "[{\"key\":\"here\",\"operator\":\"Exists\",\"effect\":\"NoExecute\",\"tolerationSeconds\":60}]");
        Admission rule = rule("PodTolerationRestriction", "");

        assertThatCode(() -> create(
                        rule,
                        pod("{tolerations: [{key: here, operator: Exists, effect: NoExecute, tolerationSeconds: 9}]}")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> create(rule, pod("{tolerations: [{key: here, operator: Exists, effect: NoExecute}]}")))
                .hasMessageEndingWith("conflict with its namespace whitelist");
        annotate("scheduler.alpha.kubernetes.io/defaultTolerations", "{");
        assertThatThrownBy(() -> create(rule, pod("{}"))).hasMessage("unexpected end of JSON input");
    }

    private static final String IMAGES = "{imagePolicy: {kubeConfigFile: k, allowTTL: 10, denyTTL: -1, %s}}";

    private static String review(String status) {
        return "{\"kind\":\"ImageReview\",\"apiVersion\":\"imagepolicy.k8s.io/v1alpha1\",\"status\":" + status + "}";
    }

    @Test
    void anotherSaysWhichImagesThereMayBe() {
        Admission rule = rule("ImagePolicyWebhook", IMAGES.formatted("defaultAllow: true"));
        Resource pod = read("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: default, annotations: {a: b,"
                + " x.image-policy.k8s.io/ticket: '7'}}, spec: {containers: [{name: a, image: good}], initContainers:"
                + " [{name: i, image: first}]}}");
        answer = review("{\"allowed\":true}");

        create(rule, pod);
        create(rule, pod);

        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst().path("spec").toString())
                .isEqualTo("{\"containers\":[{\"image\":\"good\"},{\"image\":\"first\"}],\"annotations\":"
                        + "{\"x.image-policy.k8s.io/ticket\":\"7\"},\"namespace\":\"default\"}");
        cluster.time.advance(Duration.ofSeconds(11));
        answer = review("{\"allowed\":false,\"reason\":\"it is old\"}");
        assertThatThrownBy(() -> create(rule, pod))
                .hasMessage("pods \"p\" is forbidden: image policy webhook backend denied one or more images: it is"
                        + " old");
        answer = review("{\"allowed\":false}");
        assertThatThrownBy(() -> create(rule, pod))
                .hasMessage("pods \"p\" is forbidden: one or more images rejected by webhook backend");
        assertThat(asked).hasSize(3);
    }

    @Test
    void withoutAnAnswerTheConfigurationDecides() {
        Resource pod = pod("{containers: [{name: a, image: x}]}");
        status = 0;
        assertThatCode(() -> create(rule("ImagePolicyWebhook", IMAGES.formatted("defaultAllow: true")), pod))
                .doesNotThrowAnyException();
        Admission closed = rule("ImagePolicyWebhook", IMAGES.formatted("defaultAllow: false"));
        assertThatThrownBy(() -> create(closed, pod))
                .hasMessage("pods \"p\" is forbidden: Post \"https://images\": connection refused");
        status = 404;
        assertThatThrownBy(() -> create(closed, pod))
                .hasMessage("pods \"p\" is forbidden: Error contacting webhook: 404");
        status = 200;
        answer = "nonsense";
        assertThatThrownBy(() -> create(closed, pod)).hasMessageContaining("json parse error");
    }

    @Test
    void aBackEndIsNotAskedAgainWhenTheRequestIsOverBefore() {
        Admission rule = rule("ImagePolicyWebhook", IMAGES.formatted("defaultAllow: false, retryBackoff: 300000"));
        status = 500;

        assertThatThrownBy(() -> create(rule, pod("{containers: [{name: a, image: x}]}")))
                .hasMessage("pods \"p\" is forbidden: Error contacting webhook: 500");
        assertThat(asked).hasSize(1);
    }

    @Test
    void answersToLongQuestionsAreNotKept() {
        Admission rule = rule("ImagePolicyWebhook", IMAGES.formatted("defaultAllow: false"));
        Resource pod = pod("{containers: [{name: a, image: %s}]}".formatted("x".repeat(20_000)));
        answer = review("{\"allowed\":true}");

        create(rule, pod);
        create(rule, pod);

        assertThat(asked).hasSize(2);
    }

    private static final String LIMITED = "{apiVersion: apiserver.config.k8s.io/v1, kind: ResourceQuotaConfiguration,"
            + " limitedResources: [{resource: pods, matchContains: [requests.example.com/], matchScopes: [{scopeName:"
            + " PriorityClass, operator: In, values: [high]}]}]}";

    @Test
    void whatIsLimitedNeedsAQuota() {
        Admission rule = rule("ResourceQuota", LIMITED);
        Resource plain = pod("{containers: [{name: a}]}");
        Resource greedy = pod("{containers: [{name: a, resources: {requests: {example.com/gpu: 1}}}]}");
        Resource urgent = pod("{priorityClassName: high, containers: [{name: a}]}");

        assertThatCode(() -> create(rule, plain)).doesNotThrowAnyException();
        assertThatThrownBy(() -> create(rule, greedy))
                .hasMessage("pods \"p\" is forbidden: insufficient quota to consume: requests.example.com/gpu");
        assertThatThrownBy(() -> create(rule, urgent))
                .hasMessage("insufficient quota to match these scopes: [{PriorityClass In [high]}]");
        cluster.registry.put(read("{apiVersion: v1, kind: ResourceQuota, metadata: {name: q, namespace: default},"
                + " spec: {hard: {requests.example.com/gpu: 5, pods: 5}}}"));
        cluster.registry.put(read("{apiVersion: v1, kind: ResourceQuota, metadata: {name: r, namespace: default},"
                + " spec: {hard: {pods: 5}, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator:"
                + " Exists}]}}}"));
        assertThatCode(() -> create(rule, greedy)).doesNotThrowAnyException();
        assertThatCode(() -> create(rule, urgent)).doesNotThrowAnyException();
    }
}
