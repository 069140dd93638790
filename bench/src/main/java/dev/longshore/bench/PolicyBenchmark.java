package dev.longshore.bench;

import dev.longshore.base.Json;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What policies of admission cost the writes of pods: three servers, one without any, one with ten that are about
/// something else, one with ten that judge every pod.
///
/// ```
/// ./longshore bench PolicyBenchmark [TURNS]
/// ```
public final class PolicyBenchmark {

    private static final int POLICIES = 10;
    private static final String GROUP = "/apis/admissionregistration.k8s.io/v1/";

    private PolicyBenchmark() {}

    /// Prints two lines for each of the servers with policies.
    public static void main(String[] arguments) throws Exception {
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        int turns = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
        try (ServerProcess none = ServerProcess.start(List.of());
                ServerProcess others = ServerProcess.start(List.of());
                ServerProcess asked = ServerProcess.start(List.of())) {
            plant(others, "configmaps");
            plant(asked, "pods");
            new SideBySide(List.of(
                            new SideBySide.Side("no policies", none),
                            new SideBySide.Side("ten policies about config maps", others),
                            new SideBySide.Side("ten policies about pods", asked)))
                    .run(turns);
        }
    }

    private static void plant(ServerProcess server, String resource) throws IOException {
        try (BenchClient client = server.client()) {
            for (int i = 0; i < POLICIES; i++) {
                create(client, "validatingadmissionpolicies", policy("bench-" + i, resource));
                create(client, "validatingadmissionpolicybindings", binding("bench-" + i));
            }
        }
    }

    private static void create(BenchClient client, String resource, ObjectNode object) throws IOException {
        client.ask("POST", GROUP + resource, ApiServerBenchmark.JSON, Json.bytes(object), 201);
    }

    private static ObjectNode object(String kind, String name) {
        ObjectNode object = Json.object();
        object.put("apiVersion", "admissionregistration.k8s.io/v1").put("kind", kind);
        object.putObject("metadata").put("name", name);
        return object;
    }

    private static ObjectNode policy(String name, String resource) {
        ObjectNode policy = object("ValidatingAdmissionPolicy", name);
        ObjectNode spec = policy.putObject("spec").put("failurePolicy", "Fail");
        ObjectNode rule =
                spec.putObject("matchConstraints").putArray("resourceRules").addObject();
        rule.putArray("apiGroups").add("");
        rule.putArray("apiVersions").add("v1");
        rule.putArray("operations").add("CREATE").add("UPDATE");
        rule.putArray("resources").add(resource);
        spec.putArray("validations")
                .addObject()
                .put("expression", "!has(object.metadata.labels) || !('forbidden' in object.metadata.labels)");
        return policy;
    }

    private static ObjectNode binding(String name) {
        ObjectNode binding = object("ValidatingAdmissionPolicyBinding", name);
        ObjectNode spec = binding.putObject("spec").put("policyName", name);
        spec.putArray("validationActions").add("Deny");
        return binding;
    }
}
