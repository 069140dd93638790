package dev.longshore.guests.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.testkit.LongshoreCluster;
import dev.longshore.testkit.LongshoreExtension;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionReview;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ConversionReview;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.webhook.admission.AdmissionController;
import io.javaoperatorsdk.webhook.admission.NotAllowedException;
import io.javaoperatorsdk.webhook.admission.validation.Validator;
import io.javaoperatorsdk.webhook.conversion.ConversionController;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// An operator of the Java Operator SDK with a definition that fabric8 generates, a webhook that validates and one that
/// converts, as its authors would test it: nothing here knows what cluster it runs on.
@ExtendWith(LongshoreExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebsiteOperatorTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SPACE = "websites";
    private static final String LEASE = "website-operator";

    private final WebsiteReconciler reconciler = new WebsiteReconciler();
    private KubernetesClient client;
    private WebhookServer webhooks;
    private Operator operator;

    @BeforeAll
    void install(LongshoreCluster cluster, @TempDir Path directory) throws Exception {
        client = client(cluster);
        var serialization = new KubernetesSerialization();
        serialization.registerKubernetesResource(WebsiteV1.class);
        serialization.registerKubernetesResource(WebsiteV2.class);
        webhooks = new WebhookServer(directory, serialization);
        var conversions = new ConversionController();
        conversions.registerMapper(new WebsiteMapper());
        conversions.registerMapper(new WebsiteMapper.Same());
        webhooks.serve("/convert", ConversionReview.class, review -> conversions.handle(typed(review, serialization)));
        Validator<WebsiteV2> modest = (website, old, operation) -> {
            if (website.getSpec().replicas > 10) {
                throw new NotAllowedException("a website has 10 replicas at most", 422);
            }
        };
        var admission = new AdmissionController<>(modest);
        webhooks.serve("/validate", AdmissionReview.class, admission::handle);

        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(SPACE)
                        .endMetadata()
                        .build())
                .create();
        define(directory.toFile());
        client.resource(validation()).create();
        operator = operator(client, reconciler, "first");
        operator.start();
    }

    @AfterAll
    void uninstall() {
        operator.stop();
        client.resources(WebsiteV2.class).inNamespace(SPACE).delete();
        client.resource(validation()).delete();
        client.namespaces().withName(SPACE).delete();
        client.close();
        webhooks.close();
    }

    /// The SDK's mappers want objects of their own types, and a review's come without.
    private static ConversionReview typed(ConversionReview review, KubernetesSerialization serialization) {
        List<Object> objects = new ArrayList<>();
        for (Object each : review.getRequest().getObjects()) {
            String json = serialization.asJson(each);
            boolean isOld =
                    each instanceof HasMetadata known && known.getApiVersion().equals("example.org/v1");
            Class<? extends HasMetadata> type = isOld ? WebsiteV1.class : WebsiteV2.class;
            objects.add(serialization.unmarshal(json, type));
        }
        review.getRequest().setObjects(objects);
        return review;
    }

    private static KubernetesClient client(LongshoreCluster cluster) {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(cluster.kubeconfig()))
                .build();
    }

    /// As fabric8 generates it, and with the conversion, which no annotation can say.
    private void define(File directory) throws Exception {
        new CRDGenerator()
                .customResourceClasses(WebsiteV1.class, WebsiteV2.class)
                .inOutputDir(directory)
                .generate();
        CustomResourceDefinition generated;
        try (var file = Files.newInputStream(directory.toPath().resolve("websites.example.org-v1.yml"))) {
            generated = client.getKubernetesSerialization().unmarshal(file, CustomResourceDefinition.class);
        }
        CustomResourceDefinition definition = new CustomResourceDefinitionBuilder(generated)
                .editSpec()
                .withNewConversion()
                .withStrategy("Webhook")
                .withNewWebhook()
                .withConversionReviewVersions("v1")
                .withNewClientConfig()
                .withUrl(webhooks.url("/convert"))
                .withCaBundle(webhooks.authority())
                .endClientConfig()
                .endWebhook()
                .endConversion()
                .endSpec()
                .build();
        client.resource(definition).create();
        client.resource(definition)
                .waitUntilCondition(
                        known -> known != null
                                && known.getStatus() != null
                                && known.getStatus().getConditions().stream()
                                        .anyMatch(each -> each.getType().equals("Established")
                                                && each.getStatus().equals("True")),
                        PATIENCE.toSeconds(),
                        TimeUnit.SECONDS);
    }

    private ValidatingWebhookConfiguration validation() {
        return new ValidatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName("websites.example.org")
                .endMetadata()
                .addNewWebhook()
                .withName("modest.example.org")
                .withAdmissionReviewVersions("v1")
                .withSideEffects("None")
                .withNewClientConfig()
                .withUrl(webhooks.url("/validate"))
                .withCaBundle(webhooks.authority())
                .endClientConfig()
                .addNewRule()
                .withApiGroups("example.org")
                .withApiVersions("v2")
                .withOperations("CREATE", "UPDATE")
                .withResources("websites")
                .endRule()
                .endWebhook()
                .build();
    }

    private static Operator operator(KubernetesClient client, WebsiteReconciler reconciler, String identity) {
        var election = LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
                .withLeaseNamespace(SPACE)
                .withIdentity(identity)
                .withRetryPeriod(Duration.ofMillis(500))
                .buildForTest(false);
        var operator = new Operator(overrider -> overrider
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withLeaderElectionConfiguration(election));
        operator.register(reconciler);
        return operator;
    }

    @Test
    void aWebsiteBecomesServersAndPagesAndItsStatusSaysWhenItIsUp() {
        client.resource(website("shop", 2)).create();

        awaitReady("shop", 2);
        assertThat(client.configMaps().inNamespace(SPACE).withName("shop").get().getData())
                .containsEntry("index.html", "shop");
        assertThat(client.resources(WebsiteV2.class)
                        .inNamespace(SPACE)
                        .withName("shop")
                        .get()
                        .getFinalizers())
                .containsExactly("websites.example.org/finalizer");

        client.resources(WebsiteV2.class).inNamespace(SPACE).withName("shop").edit(website -> {
            website.getSpec().replicas = 3;
            website.getSpec().pages = Map.of("index.html", "new");
            return website;
        });

        awaitReady("shop", 3);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(client.configMaps()
                                .inNamespace(SPACE)
                                .withName("shop")
                                .get()
                                .getData())
                        .containsEntry("index.html", "new"));
    }

    @Test
    void whatIsDeletedIsCleanedUpAfterAndItsDependentsGo() {
        client.resource(website("gone", 1)).create();
        awaitReady("gone", 1);

        client.resources(WebsiteV2.class).inNamespace(SPACE).withName("gone").delete();

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(client.resources(WebsiteV2.class)
                            .inNamespace(SPACE)
                            .withName("gone")
                            .get())
                    .isNull();
            assertThat(client.apps()
                            .deployments()
                            .inNamespace(SPACE)
                            .withName("gone")
                            .get())
                    .isNull();
            assertThat(client.configMaps().inNamespace(SPACE).withName("gone").get())
                    .isNull();
        });
        assertThat(reconciler.cleaned()).contains("gone");
    }

    @Test
    void theFirstVersionIsWrittenAndTheSecondRead() {
        var old = new WebsiteV1();
        old.setMetadata(
                new ObjectMetaBuilder().withName("old").withNamespace(SPACE).build());
        var spec = new WebsiteV1.Spec();
        spec.html = "<p>hello</p>";
        spec.replicas = 1;
        old.setSpec(spec);

        client.resource(old).create();

        assertThat(client.resources(WebsiteV2.class)
                        .inNamespace(SPACE)
                        .withName("old")
                        .get()
                        .getSpec()
                        .pages)
                .isEqualTo(Map.of("index.html", "<p>hello</p>"));
        awaitReady("old", 1);
        assertThat(client.resources(WebsiteV1.class).inNamespace(SPACE).list().getItems().stream()
                        .filter(each -> each.getMetadata().getName().equals("old")))
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.getSpec().html).isEqualTo("<p>hello</p>");
                    assertThat(each.getStatus().ready).isTrue();
                });
    }

    @Test
    void whatTheWebhookForbidsIsRefusedWithItsWords() {
        assertThatThrownBy(() -> client.resource(website("huge", 11)).create())
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        refused -> assertThat(refused.getCode()).isEqualTo(422))
                .hasMessageContaining(
                        "admission webhook \"modest.example.org\" denied the request: a website has 10 replicas at most");
        assertThat(client.resources(WebsiteV2.class)
                        .inNamespace(SPACE)
                        .withName("huge")
                        .get())
                .isNull();
    }

    @Test
    void whatTheSchemaForbidsIsRefusedBeforeAnyWebhook() {
        assertThatThrownBy(() -> client.resource(website("none", -1)).create())
                .hasMessageContaining("spec.replicas: Invalid value: -1: spec.replicas in body should be greater than"
                        + " or equal to 0");
    }

    @Test
    void anotherOperatorWaitsForTheLease(LongshoreCluster cluster) {
        var waiting = new WebsiteReconciler();
        try (KubernetesClient own = client(cluster)) {
            Operator second = operator(own, waiting, "second");
            second.start();
            try {
                client.resource(website("led", 1)).create();
                awaitReady("led", 1);

                assertThat(client.leases()
                                .inNamespace(SPACE)
                                .withName(LEASE)
                                .get()
                                .getSpec()
                                .getHolderIdentity())
                        .isEqualTo("first");
                assertThat(waiting.reconciled()).isEmpty();
            } finally {
                second.stop();
            }
        }
    }

    private void awaitReady(String name, int replicas) {
        client.resources(WebsiteV2.class)
                .inNamespace(SPACE)
                .withName(name)
                .waitUntilCondition(
                        website -> website != null
                                && website.getStatus() != null
                                && Boolean.TRUE.equals(website.getStatus().ready)
                                && Integer.valueOf(replicas).equals(website.getStatus().availableReplicas),
                        PATIENCE.toSeconds(),
                        TimeUnit.SECONDS);
        Deployment servers =
                client.apps().deployments().inNamespace(SPACE).withName(name).get();
        assertThat(servers.getStatus().getAvailableReplicas()).isEqualTo(replicas);
    }

    private static WebsiteV2 website(String name, int replicas) {
        var website = new WebsiteV2();
        website.setMetadata(
                new ObjectMetaBuilder().withName(name).withNamespace(SPACE).build());
        var spec = new WebsiteV2.Spec();
        spec.pages = Map.of("index.html", name);
        spec.replicas = replicas;
        website.setSpec(spec);
        return website;
    }
}
