package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Yaml;
import dev.longshore.kinds.admission.AdmissionChoice;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Admission.Operation;
import dev.longshore.model.Authorizer;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.OutboundCall;
import dev.longshore.model.Resource;
import dev.longshore.model.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/// Single rules of admission, by their names, also those that are off unless asked for.
class AdmissionRulesTest {

    private static final String POD = "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: default}, spec: %s}";

    private final Cluster cluster = new Cluster();

    private static Resource read(String yaml) {
        return new Resource((ObjectNode) Yaml.parse(yaml));
    }

    private static Resource pod(String spec) {
        return read(POD.formatted(spec));
    }

    private Admission rule(String name) {
        var choice = new AdmissionChoice(Set.of(name), Set.of(), Map.of());
        return Admissions.chosen(cluster.context, choice, OutboundCall.NONE).stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Resource admit(
            String rule, Operation operation, String subresource, Resource object, Optional<Resource> old) {
        GroupResource resource = subresource.equals("binding")
                ? new GroupResource("", "pods")
                : cluster.kindOf(object).resource();
        var attempt = new Admission.Attempt(
                cluster.call,
                operation,
                resource,
                object.kind(),
                subresource,
                object.namespace(),
                object.name(),
                Optional.of(object),
                old);
        Admission found = rule(rule);
        found.mutate(attempt, cluster.registry);
        found.validate(attempt, cluster.registry);
        return object;
    }

    private Resource create(String rule, Resource object) {
        return admit(rule, Operation.CREATE, "", object, Optional.empty());
    }

    private Resource update(String rule, Resource object, Resource old) {
        return admit(rule, Operation.UPDATE, "", object, Optional.of(old));
    }

    @Test
    void imagesAreAlwaysPulledWhereThatIsAskedFor() {
        Resource old = pod("{containers: [{name: a, image: x, imagePullPolicy: Never}]}");
        Resource now = create(
                "AlwaysPullImages",
                pod("{volumes: [{name: v, image: {reference: r}}], initContainers: [{name: i, image: x}], containers:"
                        + " [{name: a, image: x, imagePullPolicy: Never}]}"));

        assertThat(now.at("spec", "containers").get(0).path("imagePullPolicy").asString())
                .isEqualTo("Always");
        assertThat(now.at("spec", "initContainers")
                        .get(0)
                        .path("imagePullPolicy")
                        .asString())
                .isEqualTo("Always");
        assertThat(Trees.text(now.at("spec", "volumes").get(0), "image", "pullPolicy"))
                .isEqualTo("Always");
        assertThat(update("AlwaysPullImages", old.copy(), old)).isEqualTo(old);
    }

    @Test
    void tolerationsComeWithDevices() {
        Resource pod = create(
                "ExtendedResourceToleration",
                pod("{tolerations: [{key: example.com/b, operator: Exists, effect: NoSchedule, tolerationSeconds: 3}],"
                        + " containers: [{name: a, resources: {requests: {example.com/b: 1, cpu: 1}}}], initContainers:"
                        + " [{name: i, resources: {requests: {example.com/a: 1}}}]}"));

        assertThat(pod.at("spec", "tolerations").toString())
                .isEqualTo("[{\"key\":\"example.com/b\",\"operator\":\"Exists\",\"effect\":\"NoSchedule\"},"
                        + "{\"key\":\"example.com/a\",\"operator\":\"Exists\",\"effect\":\"NoSchedule\"}]");
    }

    private static Resource owned(String owners) {
        return read("{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: default, ownerReferences: "
                + owners + "}}");
    }

    @Test
    void whoSetsOwnersMustBeAllowedToDelete() {
        String name = "OwnerReferencesPermissionEnforcement";
        Resource plain = owned("[]");
        Resource mine = owned("[{apiVersion: apps/v1, kind: Deployment, name: d, uid: u}]");
        Resource holding =
                owned("[{apiVersion: apps/v1, kind: Deployment, name: d, uid: u, blockOwnerDeletion: true}]");
        Resource odd = owned("[{apiVersion: x/v1, kind: Odd, name: d, uid: u, blockOwnerDeletion: true}]");

        assertThatCode(() -> create(name, mine)).doesNotThrowAnyException();
        assertThatThrownBy(() -> update(name, mine, plain))
                .hasMessageContaining("cannot set an ownerRef on a resource you can't delete: ");
        assertThatThrownBy(() -> create(name, holding))
                .hasMessageContaining(
                        "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers"
                                + " on: ");
        assertThatThrownBy(() -> create(name, odd))
                .hasMessageContaining(
                        "cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion x/v1"
                                + " Kind Odd: no matches for kind \"Odd\" in version \"x/v1\"");
        cluster.authorizer.set(asked -> asked.resource().equals("deployments")
                        && asked.subresource().equals("finalizers")
                        && asked.name().equals("d")
                        && asked.namespace().equals("default")
                ? new Authorizer.Decision.Allow("")
                : new Authorizer.Decision.NoOpinion(""));
        assertThatCode(() -> create(name, holding)).doesNotThrowAnyException();
        assertThatCode(() -> update(name, holding, holding)).doesNotThrowAnyException();
    }

    @Test
    void namespacesAreMadeOrMissed() {
        Resource elsewhere = read("{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: new}}");

        assertThatThrownBy(() -> create("NamespaceExists", elsewhere)).hasMessage("namespaces \"new\" not found");
        create("NamespaceAutoProvision", elsewhere);
        assertThatCode(() -> create("NamespaceExists", elsewhere)).doesNotThrowAnyException();
    }

    @Test
    void programsUnderstandThatANamespaceGoes() {
        cluster.registry.put(read("{apiVersion: v1, kind: Namespace, metadata: {name: going, deletionTimestamp: x}}"));

        assertThatThrownBy(() -> create(
                        "NamespaceLifecycle",
                        read("{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: going}}")))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(Status.of(refused.fault())
                                        .path("details")
                                        .toString())
                                .isEqualTo("{\"name\":\"c\",\"kind\":\"configmaps\",\"causes\":[{\"reason\":"
                                        + "\"NamespaceTerminating\",\"message\":\"namespace going is being"
                                        + " terminated\",\"field\":\"metadata.namespace\"}]}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            volumes: [{name: v, secret: {secretName: b}}] | volume with secret.secretName="b" is not allowed because service account robot does not reference that secret
            initContainers: [{name: i, env: [{name: E, valueFrom: {secretKeyRef: {name: b}}}]}] | init container i with envVar E referencing secret.secretName="b" is not allowed because service account robot does not reference that secret
            containers: [{name: c, envFrom: [{secretRef: {name: b}}]}] | container c with envFrom referencing secret.secretName="b" is not allowed because service account robot does not reference that secret
            imagePullSecrets: [{name: pull}, {name: b}] | imagePullSecrets[1].name="b" is not allowed because service account robot does not reference that imagePullSecret
            """)
    void anAccountCanKeepItsPodsFromOtherSecrets(String part, String message) {
        String account = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot, namespace: default,"
                + " annotations: {kubernetes.io/enforce-mountable-secrets: '%s'}}, secrets: [{name: a}],"
                + " imagePullSecrets: [{name: pull}]}";
        String spec = "{serviceAccountName: robot, automountServiceAccountToken: false, " + part + "}";
        cluster.registry.put(read(account.formatted("true")));

        assertThatThrownBy(() -> create("ServiceAccount", pod(spec))).hasMessage("pods \"p\" is forbidden: " + message);
        assertThatCode(() -> create(
                        "ServiceAccount",
                        pod(spec.replace("name: b", "name: a")
                                .replace("secretName: b", "secretName: a")
                                .replace("{name: pull}, {name: a}", "{name: pull}"))))
                .doesNotThrowAnyException();
        cluster.registry.put(read(account.formatted("false")));
        assertThatCode(() -> create("ServiceAccount", pod(spec))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({",,true", ",false,false", ",true,true", "false,true,false", "true,false,true", "false,,false"})
    void thePodSaysFirstWhetherItGetsAToken(String ofPod, String ofAccount, boolean isMounted) {
        cluster.registry.put(read("{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot, namespace: default}"
                + (ofAccount == null ? "" : ", automountServiceAccountToken: " + ofAccount) + "}"));

        Resource pod = create(
                "ServiceAccount",
                pod("{serviceAccountName: robot, containers: [{name: a}]"
                        + (ofPod == null ? "" : ", automountServiceAccountToken: " + ofPod) + "}"));

        assertThat(pod.at("spec", "volumes")).hasSize(isMounted ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {serviceAccountName: x} | a mirror pod may not reference service accounts
            {volumes: [{name: v, secret: {secretName: s}}]} | a mirror pod may not reference secrets
            {volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t}}]}}]} | a mirror pod may not use ServiceAccountToken volume projections
            """)
    void mirrorPodsGetNothingOfTheClusters(String spec, String message) {
        Resource mirror = pod(spec);
        mirror.metadata().putObject("annotations").put("kubernetes.io/config.mirror", "x");

        assertThatThrownBy(() -> create("ServiceAccount", mirror)).hasMessage("pods \"p\" is forbidden: " + message);
    }

    @Test
    void prioritiesStayAndPoliciesAreNotTheirs() {
        cluster.registry.put(read("{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high},"
                + " value: 7, preemptionPolicy: Never}"));

        Resource pod = create("Priority", pod("{priorityClassName: high}"));
        assertThat(pod.at("spec").toString())
                .isEqualTo("{\"priorityClassName\":\"high\",\"priority\":7,\"preemptionPolicy\":\"Never\"}");
        assertThatThrownBy(() ->
                        create("Priority", pod("{priorityClassName: high, preemptionPolicy: PreemptLowerPriority}")))
                .hasMessageContaining(
                        "the string value of PreemptionPolicy (PreemptLowerPriority) must not be provided in"
                                + " pod spec; priority admission controller computed Never from the given PriorityClass name");
        assertThat(update("Priority", pod("{priorityClassName: high}"), pod).at("spec"))
                .isEqualTo(pod.at("spec"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Container | min: {cpu: 100m} | {} | minimum cpu usage per Container is 100m.  No request is specified
            Container | min: {cpu: 100m} | {requests: {cpu: 50m}} | minimum cpu usage per Container is 100m, but request is 50m
            Container | min: {cpu: 100m} | {requests: {cpu: 200m}, limits: {cpu: 90m}} | minimum cpu usage per Container is 100m, but limit is 90m
            Container | max: {memory: 1Gi} | {requests: {memory: 1Gi}} | maximum memory usage per Container is 1Gi.  No limit is specified
            Container | max: {memory: 1Gi} | {limits: {memory: 2Gi}} | maximum memory usage per Container is 1Gi, but limit is 2Gi
            Container | max: {memory: 1Gi} | {limits: {memory: 1Gi}, requests: {memory: 2Gi}} | maximum memory usage per Container is 1Gi, but request is 2Gi
            Container | maxLimitRequestRatio: {cpu: '1.5'} | {limits: {cpu: 2}} | cpu max limit to request ratio per Container is 1500m, but no request is specified or request is 0
            Container | maxLimitRequestRatio: {cpu: '1.5'} | {requests: {cpu: 2}} | cpu max limit to request ratio per Container is 1500m, but no limit is specified or limit is 0
            Container | maxLimitRequestRatio: {cpu: '1.5'} | {limits: {cpu: 2}, requests: {cpu: 1}} | cpu max limit to request ratio per Container is 1500m, but provided ratio is 2.000000
            Pod | max: {cpu: 3} | {limits: {cpu: 2}} | maximum cpu usage per Pod is 3, but limit is 4
            """)
    void limitsAreKept(String type, String item, String resources, String message) {
        cluster.registry.put(read("{apiVersion: v1, kind: LimitRange, metadata: {name: l, namespace: default}, spec:"
                + " {limits: [{type: " + type + ", " + item + "}]}}"));
        String container = "{name: %s, image: x, resources: " + resources + "}";

        assertThatThrownBy(() -> create(
                        "LimitRanger",
                        pod("{containers: [" + container.formatted("a") + ", " + container.formatted("b") + "]}")))
                .hasMessage("pods \"p\" is forbidden: " + message);
    }

    @Test
    void podsLimitsCountWhatRunsBesideAndWhatIsSaidForThePod() {
        cluster.registry.put(read("{apiVersion: v1, kind: LimitRange, metadata: {name: l, namespace: default}, spec:"
                + " {limits: [{type: Pod, max: {cpu: 3}}]}}"));
        String one = "limits: {cpu: 2}, requests: {cpu: 1}";

        assertThatCode(() -> create(
                        "LimitRanger",
                        pod("{initContainers: [{name: i, resources: {" + one
                                + "}}], containers: [{name: a, resources: {" + one + "}}]}")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> create(
                        "LimitRanger",
                        pod("{initContainers: [{name: i, restartPolicy: Always, resources: {" + one
                                + "}}], containers: [{name: a, resources: {" + one + "}}]}")))
                .hasMessageEndingWith("maximum cpu usage per Pod is 3, but limit is 4");
        assertThatThrownBy(() -> create("LimitRanger", pod("{resources: {limits: {cpu: 5}}, containers: [{name: a}]}")))
                .hasMessageEndingWith("maximum cpu usage per Pod is 3, but limit is 5");
    }

    @Test
    void whatLimitsFillInIsTold() {
        cluster.registry.put(read("{apiVersion: v1, kind: LimitRange, metadata: {name: l, namespace: default}, spec:"
                + " {limits: [{type: Container, default: {cpu: 2, memory: 1Gi}, defaultRequest: {cpu: 1}}]}}"));

        Resource pod = create(
                "LimitRanger",
                pod("{containers: [{name: a, resources: {limits: {memory: 2Gi}}}], initContainers: [{name: i}]}"));

        assertThat(pod.annotations())
                .containsEntry(
                        "kubernetes.io/limit-ranger",
                        "LimitRanger plugin set: cpu request for container a; cpu limit for container a; cpu request for"
                                + " init container i; cpu, memory limit for init container i");
        assertThat(pod.at("spec", "containers").get(0).path("resources").toString())
                .isEqualTo("{\"limits\":{\"memory\":\"2Gi\",\"cpu\":\"2\"},\"requests\":{\"cpu\":\"1\"}}");
    }

    @Test
    void limitsHoldForClaimsAndResizes() {
        cluster.registry.put(read("{apiVersion: v1, kind: LimitRange, metadata: {name: l, namespace: default}, spec:"
                + " {limits: [{type: PersistentVolumeClaim, min: {storage: 1Gi}, max: {storage: 2Gi}}, {type: Container,"
                + " max: {cpu: 1}}]}}"));
        String claim = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, namespace: default}, spec:"
                + " {resources: {requests: {storage: %s}}}}";
        Resource small = pod("{containers: [{name: a, resources: {limits: {cpu: 1}}}]}");
        Resource large = pod("{containers: [{name: a, resources: {limits: {cpu: 2}}}]}");

        assertThatThrownBy(() -> create("LimitRanger", read(claim.formatted("3Gi"))))
                .hasMessageEndingWith("maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi");
        assertThatThrownBy(() -> update("LimitRanger", read(claim.formatted("1Mi")), read(claim.formatted("1Gi"))))
                .hasMessageEndingWith("minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 1Mi");
        assertThatThrownBy(() -> admit("LimitRanger", Operation.UPDATE, "resize", large, Optional.of(small)))
                .hasMessageEndingWith("maximum cpu usage per Container is 1, but limit is 2");
        assertThatCode(() -> update("LimitRanger", large, small)).doesNotThrowAnyException();
    }

    @Test
    void podsLearnWhereTheirNodeIs() {
        cluster.registry.put(read("{apiVersion: v1, kind: Node, metadata: {name: n, labels: {a: b,"
                + " topology.kubernetes.io/zone: z, topology.kubernetes.io/region: r}}}"));
        Resource binding =
                read("{apiVersion: v1, kind: Binding, metadata: {name: p, namespace: default}, target: {kind:"
                        + " Node, name: n}}");

        var labels = Map.of("topology.kubernetes.io/zone", "z", "topology.kubernetes.io/region", "r");
        assertThat(admit("PodTopologyLabels", Operation.CREATE, "binding", binding, Optional.empty())
                        .labels())
                .isEqualTo(labels);
        assertThat(create("PodTopologyLabels", pod("{nodeName: n}")).labels()).isEqualTo(labels);
        assertThat(create("PodTopologyLabels", pod("{}")).labels()).isEmpty();
    }

    @Test
    void nobodyGrowsBeyondTheNode() {
        cluster.registry.put(read(
                "{apiVersion: v1, kind: Node, metadata: {name: n}, status: {allocatable: {cpu: 2, memory: 1Gi}}}"));
        Resource old = pod("{nodeName: n, containers: [{name: a, resources: {requests: {cpu: 1}}}]}");
        Resource now = pod("{nodeName: n, containers: [{name: a, resources: {requests: {cpu: 3, memory: 2Gi}}}]}");
        now.metadata().put("generation", 2);

        assertThatThrownBy(() -> admit("PodResizeValidator", Operation.UPDATE, "resize", now, Optional.of(old)))
                .hasMessage(
                        "pods \"p\" is forbidden: node didn't have enough allocatable resources: cpu, requested: 3000,"
                                + " allocatable: 2000; memory, requested: 2147483648, allocatable: 1073741824");
    }

    @Test
    void podsDoNotChangeInWaysThatTheirNodeDoesNotKnow() {
        cluster.registry.put(read("{apiVersion: v1, kind: Node, metadata: {name: n}, status: {declaredFeatures:"
                + " [InPlacePodLevelResourcesVerticalScaling]}}"));
        String spec = "{nodeName: %s, resources: {limits: {cpu: %s}}, initContainers: [{name: i, resources: {limits:"
                + " {cpu: %s}}}, {name: s, restartPolicy: Always, resources: {limits: {cpu: %s}}}]}";
        Resource old = pod(spec.formatted("n", 1, 1, 1));
        Resource allowed = later(pod(spec.formatted("n", 2, 1, 2)));
        Resource unknown = later(pod(spec.formatted("n", 2, 2, 1)));
        Resource homeless = later(pod(spec.formatted("''", 2, 2, 1)));
        Resource lost = later(pod(spec.formatted("gone", 2, 2, 1)));

        assertThatCode(() -> resize(allowed, old)).doesNotThrowAnyException();
        assertThatThrownBy(() -> resize(unknown, old))
                .hasMessage("pods \"p\" is forbidden: pod update requires features"
                        + " InPlacePodVerticalScalingInitContainers which are not available on node \"n\"");
        assertThatCode(() -> resize(homeless, old)).doesNotThrowAnyException();
        assertThatThrownBy(() -> resize(lost, old)).hasMessage("pods \"p\" is forbidden: node \"gone\" not found");
    }

    private static Resource later(Resource pod) {
        pod.metadata().put("generation", 2);
        return pod;
    }

    private void resize(Resource now, Resource old) {
        admit("NodeDeclaredFeatureValidator", Operation.UPDATE, "resize", now, Optional.of(old));
    }

    @Test
    void otherRulesThatAreOffUnlessAskedFor() {
        assertThatThrownBy(() -> create("AlwaysDeny", pod("{}")))
                .hasMessage("pods \"p\" is forbidden: admission control is denying all modifications");
        assertThatThrownBy(() -> create(
                        "LimitPodHardAntiAffinityTopology",
                        pod(
                                "{affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey:"
                                        + " zone}]}}}")))
                .hasMessageEndingWith(
                        "affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey zone but only key"
                                + " kubernetes.io/hostname is allowed");
        String service = "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: default}, spec: {externalIPs:"
                + " %s}}";
        Resource two = read(service.formatted("[1.2.3.4, 1.2.3.5]"));
        Resource one = read(service.formatted("[1.2.3.4]"));
        assertThatThrownBy(() -> update("DenyServiceExternalIPs", two, one))
                .hasMessageEndingWith("Use of external IPs is denied by admission control");
        assertThatCode(() -> update("DenyServiceExternalIPs", one, two)).doesNotThrowAnyException();
    }

    private List<String> names(AdmissionChoice choice) {
        return Admissions.chosen(cluster.context, choice, OutboundCall.NONE).stream()
                .map(Admission::name)
                .toList();
    }

    @Test
    void flagsChooseRulesWhichKeepTheirOrder() {
        List<String> usual = names(AdmissionChoice.DEFAULT);

        assertThat(usual)
                .contains("PodSecurity", "NodeRestriction", "RoleEscalation")
                .doesNotContain("AlwaysPullImages", "AlwaysDeny", "NamespaceExists");
        assertThat(names(AdmissionChoice.of(
                        List.of("AlwaysPullImages"), List.of("PodSecurity", "LimitRanger"), Optional.empty())))
                .contains("AlwaysPullImages")
                .doesNotContain("PodSecurity", "LimitRanger")
                .containsSubsequence("ServiceAccount", "AlwaysPullImages", "Priority", "ResourceQuota");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Nonsense | LimitRanger | enable-admission-plugins plugin "Nonsense" is unknown
            LimitRanger | Nonsense | disable-admission-plugins plugin "Nonsense" is unknown
            LimitRanger | LimitRanger | [LimitRanger] in enable-admission-plugins and disable-admission-plugins overlapped
            """)
    void namesMustBeKnownAndInOneListOnly(String enabled, String disabled, String message) {
        assertThatThrownBy(() -> AdmissionChoice.of(List.of(enabled), List.of(disabled), Optional.empty()))
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"AlwaysAdmit", "PodGroupProtection", "JobValidation"})
    void ofNamesThatChangeNothingThatIsSaid(String name) {
        assertThat(AdmissionChoice.of(List.of(name), List.of(), Optional.empty())
                        .warnings())
                .singleElement()
                .asString()
                .startsWith("admission plugin \"" + name + "\" changes nothing: ");
    }

    @Test
    void aFileConfiguresRulesThereOrElsewhere(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("admission.yaml");
        Files.writeString(directory.resolve("pods.yaml"), """
                apiVersion: pod-security.admission.config.k8s.io/v1
                kind: PodSecurityConfiguration
                defaults: {enforce: baseline}
                """);
        Files.writeString(file, """
                apiVersion: apiserver.config.k8s.io/v1
                kind: AdmissionConfiguration
                plugins:
                - {name: PodSecurity, path: pods.yaml}
                - {name: Other, configuration: {a: b}}
                """);

        var choice = AdmissionChoice.of(List.of(), List.of(), Optional.of(file));
        Admissions.check(choice);

        assertThat(choice.configuration("PodSecurity")
                        .path("defaults")
                        .path("enforce")
                        .asString())
                .isEqualTo("baseline");
        assertThat(choice.configuration("Other").path("a").asString()).isEqualTo("b");
        Files.writeString(file, Files.readString(file).replace("plugins:", "plugin:"));
        assertThatThrownBy(() -> AdmissionChoice.of(List.of(), List.of(), Optional.of(file)))
                .hasMessage(file + ": strict decoding error: unknown field \"plugin\"");
        assertThatThrownBy(() -> AdmissionChoice.of(List.of(), List.of(), Optional.of(directory.resolve("none.yaml"))))
                .hasMessageStartingWith("unable to read admission control configuration from \"");
    }
}
