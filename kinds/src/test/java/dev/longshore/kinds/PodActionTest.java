package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Yaml;
import dev.longshore.model.ConnectTarget;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import dev.longshore.model.Subresource;
import dev.longshore.model.SubresourceAction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class PodActionTest {

    private static final GroupResource PODS = new GroupResource("", "pods");
    private static final GroupResource BUDGETS = new GroupResource("policy", "poddisruptionbudgets");

    private final Cluster cluster = new Cluster();

    @BeforeEach
    void makeNodeAndPod() {
        cluster.create("""
                apiVersion: v1
                kind: Node
                metadata: {name: n1}
                status:
                  addresses: [{type: Hostname, address: n1}, {type: InternalIP, address: 10.1.0.1}]
                  daemonEndpoints: {kubeletEndpoint: {Port: 10251}}
                """);
        cluster.create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: default, labels: {app: web}}
                spec: {containers: [{name: a, image: x, ports: [{name: http, containerPort: 8080}]}, {name: b, image: x}]}
                """);
    }

    private SubresourceAction.Result act(String name, String pod, Map<String, List<String>> query, String body) {
        var action =
                (Subresource.Action) cluster.kind("v1", "Pod").subresource(name).orElseThrow();
        Optional<Resource> object =
                body.isEmpty() ? Optional.empty() : Optional.of(new Resource((ObjectNode) Yaml.parse(body)));
        return action.action()
                .act(
                        cluster.call,
                        cluster.registry,
                        new SubresourceAction.Invocation(PODS, "default", pod, "POST", query, "x/y", object));
    }

    private ConnectTarget connect(String name, Map<String, List<String>> query) {
        return ((SubresourceAction.Result.Connect) act(name, "web", query, "")).target();
    }

    private void bind() {
        act("binding", "web", Map.of(), "{metadata: {name: web}, target: {kind: Node, name: n1}}");
    }

    private Resource pod() {
        return cluster.registry.get(PODS, "default", "web").orElseThrow();
    }

    @Test
    void bindingGivesThePodItsNodeOnce() {
        bind();

        assertThat(pod().text("spec", "nodeName")).isEqualTo("n1");
        assertThat(pod().at("status", "conditions").get(0).path("type").asString())
                .isEqualTo("PodScheduled");
        assertThatThrownBy(this::bind)
                .hasMessage("Operation cannot be fulfilled on pods/binding \"web\": pod web is already assigned to node"
                        + " \"n1\"");
    }

    @Test
    void aBindingMakesNoNewGeneration() {
        Resource before = pod().copy();
        bind();
        Resource changed = pod().copy();
        changed.object("spec").put("activeDeadlineSeconds", 3);

        var strategy = cluster.kindOf(before).strategy();
        assertThat(strategy.isNewGeneration(pod(), before)).isFalse();
        assertThat(strategy.isNewGeneration(changed, pod())).isTrue();
    }

    @Test
    void aBindingNamesItsPodAndANode() {
        assertThatThrownBy(() -> act("binding", "web", Map.of(), "{target: {name: n1}}"))
                .hasMessage("name in URL does not match name in Binding object");
        assertThatThrownBy(() -> act("binding", "web", Map.of(), "{metadata: {name: web}}"))
                .hasMessage("target.name: Required value")
                .extracting(fault -> ((FaultException) fault).fault().code())
                .isEqualTo(500);
        assertThatThrownBy(() -> act("binding", "web", Map.of(), "{metadata: {name: web}, target: {kind: Pod}}"))
                .hasMessage("[target.kind: Unsupported value: \"Pod\": supported values: \"Node\", \"<empty>\","
                        + " target.name: Required value]");
    }

    @Test
    void aBindingMayBeForOneStateOfThePodOnly() {
        for (String precondition : List.of("uid: other", "resourceVersion: \"1000000\"")) {
            assertThatThrownBy(() -> act(
                            "binding",
                            "web",
                            Map.of(),
                            "{metadata: {name: web, " + precondition + "}, target: {name: n1}}"))
                    .hasMessageContaining("Precondition failed: ");
        }
    }

    @Test
    void labelsAndAnnotationsOfABindingBecomeThePods() {
        act(
                "binding",
                "web",
                Map.of(),
                "{metadata: {name: web, labels: {zone: a}, annotations: {b: c}}, target: {name: n1}}");

        assertThat(pod().labels()).containsEntry("zone", "a").containsEntry("app", "web");
        assertThat(pod().annotations()).containsEntry("b", "c");
    }

    @Test
    void execGoesToTheKubelet() {
        bind();
        ConnectTarget target = connect(
                "exec",
                Map.of(
                        "container", List.of("b"),
                        "command", List.of("sh", "-c", "ls"),
                        "stdin", List.of("true"),
                        "tty", List.of("false")));

        assertThat(target.host()).isEqualTo("10.1.0.1");
        assertThat(target.port()).isEqualTo(10251);
        assertThat(target.path()).isEqualTo("/exec/default/web/b");
        assertThat(target.query())
                .containsOnly(Map.entry("input", List.of("1")), Map.entry("command", List.of("sh", "-c", "ls")));
        assertThat(target.trust()).isEqualTo(ConnectTarget.Trust.KUBELET);
    }

    @Test
    void logsNeedAContainerWhenThereAreSeveral() {
        bind();
        assertThat(connect("log", Map.of("container", List.of("a"), "follow", List.of("true")))
                        .query())
                .containsOnly(Map.entry("follow", List.of("true")));
        assertThatThrownBy(() -> connect("log", Map.of()))
                .hasMessage("a container name must be specified for pod web, choose one of: [a b]");
        assertThatThrownBy(() -> connect("log", Map.of("container", List.of("c"))))
                .hasMessage("container c is not valid for pod web");
    }

    @Test
    void logsAreAskedForWithSense() {
        bind();
        for (var wrong : Map.of(
                        "tailLines=-1", "tailLines: Invalid value: -1: must be greater than or equal to 0",
                        "limitBytes=0", "limitBytes: Invalid value: 0: must be greater than 0",
                        "sinceSeconds=0", "sinceSeconds: Invalid value: 0: must be greater than 0",
                        "stream=Stderr", "stream: Forbidden: may not be specified")
                .entrySet()) {
            String[] option = wrong.getKey().split("=");
            assertThatThrownBy(() -> connect("log", Map.of("container", List.of("a"), option[0], List.of(option[1]))))
                    .hasMessage("PodLogOptions \"web\" is invalid: " + wrong.getValue());
        }
        assertThatThrownBy(() -> connect("log", Map.of("container", List.of("a"), "tailLines", List.of("x"))))
                .hasMessage("strconv.ParseInt: parsing \"x\": invalid syntax");
    }

    @Test
    void nobodyAnswersBeforeThereIsANode() {
        assertThatThrownBy(() -> connect("portforward", Map.of())).hasMessage("pod web does not have a host assigned");
        assertThat(act("log", "web", Map.of("container", List.of("a")), ""))
                .isEqualTo(new SubresourceAction.Result.Text(""));
    }

    @Test
    void theProxyFindsPortsByName() {
        cluster.registry.change(PODS, "default", "web", pod -> {
            pod.object("status").put("podIP", "10.2.0.7");
            return pod;
        });
        var target = ((SubresourceAction.Result.Connect) act("proxy", "https:web:http", Map.of(), "")).target();

        assertThat(target)
                .isEqualTo(
                        new ConnectTarget("https", "10.2.0.7", 8080, "/x/y", Map.of(), ConnectTarget.Trust.WORKLOAD));
    }

    private void budget(int allowed) {
        cluster.registry.change(PODS, "default", "web", pod -> {
            pod.object("status").put("phase", "Running");
            pod.object("status")
                    .putArray("conditions")
                    .addObject()
                    .put("type", "Ready")
                    .put("status", "True");
            return pod;
        });
        Resource budget = cluster.read("""
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {name: web, namespace: default, generation: 1}
                spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
                status: {observedGeneration: 1, disruptionsAllowed: %d, desiredHealthy: 1, currentHealthy: 1}
                """.formatted(allowed));
        cluster.registry.put(budget);
    }

    @Test
    void evictionAsksTheBudget() {
        budget(0);

        assertThatThrownBy(() -> act("eviction", "web", Map.of(), "{metadata: {name: web}}"))
                .isInstanceOfSatisfying(FaultException.class, refused -> {
                    assertThat(refused.fault()).isInstanceOf(Fault.TooManyRequests.class);
                    assertThat(((Fault.TooManyRequests) refused.fault())
                                    .causes()
                                    .getFirst()
                                    .message())
                            .isEqualTo("The disruption budget web needs 1 healthy pods and has 1 currently");
                });
        assertThat(cluster.registry.get(PODS, "default", "web")).isPresent();
    }

    @Test
    void aRefusedEvictionSaysNothingOfWhenToComeBackUnlessTheBudgetIsBehind() {
        budget(0);
        assertThat(refusedEviction().retryAfter()).isZero();

        changeBudget("generation: 2");
        assertThat(refusedEviction().retryAfter()).isEqualTo(Duration.ofSeconds(10));
        assertThat(refusedEviction().causes().getFirst().message())
                .isEqualTo("The disruption budget web is still being processed by the server.");
    }

    @Test
    void theLastDisruptionThatIsTakenSaysSoInTheCondition() {
        budget(1);
        act("eviction", "web", Map.of(), "{metadata: {name: web}}");

        var condition = storedBudget().at("status", "conditions").path(0);
        assertThat(condition.path("reason").asString()).isEqualTo("InsufficientPods");
        assertThat(condition.path("status").asString()).isEqualTo("False");
    }

    @Test
    void anUnreadyPodCostsNothingWhileTheBudgetIsHealthy() {
        budget(0);
        cluster.registry.change(PODS, "default", "web", pod -> {
            pod.object("status").remove("conditions");
            return pod;
        });
        act("eviction", "web", Map.of(), "{metadata: {name: web}}");

        assertThat(cluster.registry.get(PODS, "default", "web")).isEmpty();
        assertThat(storedBudget().at("status", "disruptedPods").isEmpty()).isTrue();
    }

    @Test
    void evictionKeepsToItsPreconditions() {
        String body = "{metadata: {name: web}, deleteOptions: {preconditions: {uid: another}}}";

        assertThatThrownBy(() -> act("eviction", "web", Map.of(), body))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault()).isInstanceOf(Fault.Conflict.class));
        assertThatThrownBy(() -> act("eviction", "web", Map.of(), "{metadata: {name: another}}"))
                .hasMessage("name in URL does not match name in Eviction object");
        assertThat(cluster.registry.get(PODS, "default", "web")).isPresent();
    }

    @Test
    void aDryEvictionTakesNothing() {
        budget(1);
        act("eviction", "web", Map.of(), "{metadata: {name: web}, deleteOptions: {dryRun: [All]}}");

        assertThat(cluster.registry.get(PODS, "default", "web")).isPresent();
        assertThat(storedBudget().at("status", "disruptionsAllowed").asInt()).isOne();
    }

    private Fault.TooManyRequests refusedEviction() {
        return (Fault.TooManyRequests) assertThatExceptionOfType(FaultException.class)
                .isThrownBy(() -> act("eviction", "web", Map.of(), "{metadata: {name: web}}"))
                .actual()
                .fault();
    }

    private void changeBudget(String metadata) {
        cluster.registry.change(BUDGETS, "default", "web", budget -> {
            budget.metadata().setAll((ObjectNode) Yaml.parse("{" + metadata + "}"));
            return budget;
        });
    }

    private Resource storedBudget() {
        return cluster.registry.get(BUDGETS, "default", "web").orElseThrow();
    }

    @Test
    void evictionTakesFromTheBudget() {
        budget(1);
        act("eviction", "web", Map.of(), "{metadata: {name: web}}");

        assertThat(cluster.registry.get(PODS, "default", "web")).isEmpty();
        Resource budget = cluster.registry
                .get(new GroupResource("policy", "poddisruptionbudgets"), "default", "web")
                .orElseThrow();
        assertThat(budget.at("status", "disruptionsAllowed").asInt()).isZero();
        assertThat(budget.at("status", "disruptedPods").has("web")).isTrue();
    }
}
