package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Every pod runs as some ServiceAccount, and finds its token where clients look for it.
final class ServiceAccountAdmission implements Admission {

    private static final GroupResource ACCOUNTS = new GroupResource("", "serviceaccounts");
    private static final String MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
    private static final String VOLUME = "kube-api-access-";
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final int TRIES = 20;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int MODE = 0644;
    /// One hour, and seven seconds by which kubelets know that nobody asked for exactly this.
    private static final int TOKEN_SECONDS = 3607;

    private final KindsContext context;

    ServiceAccountAdmission(KindsContext context) {
        this.context = context;
    }

    @Override
    public String name() {
        return "ServiceAccount";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        Attempts.created(attempt, Attempts.PODS).ifPresent(pod -> {
            // A mirror pod must stay what its file says.
            if (!isMirror(pod)) {
                admit(attempt, registry, pod);
            }
        });
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        boolean isDebugged = attempt.operation() == Operation.UPDATE
                && attempt.resource().equals(Attempts.PODS)
                && attempt.subresource().equals("ephemeralcontainers");
        if (isDebugged) {
            attempt.object()
                    .ifPresent(
                            pod -> new MountableSecrets(attempt, account(attempt, registry, pod)).checkEphemeral(pod));
            return;
        }
        Attempts.created(attempt, Attempts.PODS).ifPresent(pod -> {
            if (isMirror(pod)) {
                mirror(attempt, pod);
            } else {
                new MountableSecrets(attempt, account(attempt, registry, pod)).check(pod);
            }
        });
    }

    private static boolean isMirror(Resource pod) {
        return pod.annotations().containsKey("kubernetes.io/config.mirror");
    }

    /// Who writes a node's files gets nothing of the cluster's by them.
    private static void mirror(Attempt attempt, Resource pod) {
        if (!pod.text("spec", "serviceAccountName").isEmpty()) {
            throw Attempts.forbidden(attempt, "a mirror pod may not reference service accounts");
        }
        if (ObjectReferences.hasSecrets(pod)) {
            throw Attempts.forbidden(attempt, "a mirror pod may not reference secrets");
        }
        boolean hasToken = Trees.list(pod.tree(), "spec", "volumes").stream()
                .flatMap(volume -> Trees.list(volume, "projected", "sources").stream())
                .anyMatch(source -> Trees.has(source, "serviceAccountToken"));
        if (hasToken) {
            throw Attempts.forbidden(attempt, "a mirror pod may not use ServiceAccountToken volume projections");
        }
    }

    private Resource account(Attempt attempt, Registry registry, Resource pod) {
        String name = pod.text("spec", "serviceAccountName");
        if (name.isEmpty()) {
            throw Attempts.forbidden(
                    attempt, "no service account specified for pod " + attempt.namespace() + "/" + pod.name());
        }
        return find(registry, attempt.namespace(), name)
                .orElseThrow(() -> Attempts.forbidden(
                        attempt,
                        "error looking up service account " + attempt.namespace() + "/" + name + ": serviceaccount \""
                                + name + "\" not found"));
    }

    private void admit(Attempt attempt, Registry registry, Resource pod) {
        ObjectNode spec = pod.object("spec");
        if (Trees.text(spec, "serviceAccountName").isEmpty()) {
            spec.put("serviceAccountName", "default");
        }
        String name = Trees.text(spec, "serviceAccountName");
        spec.put("serviceAccount", name);
        Resource account = account(attempt, registry, pod);
        if (mounts(spec, account)) {
            mount(spec);
        }
        if (spec.path("imagePullSecrets").isEmpty()
                && !account.at("imagePullSecrets").isEmpty()) {
            spec.set("imagePullSecrets", account.at("imagePullSecrets").deepCopy());
        }
    }

    /// A new namespace gets its default account from a controller, a moment later.
    private Optional<Resource> find(Registry registry, String namespace, String name) {
        Optional<Resource> account = registry.get(ACCOUNTS, namespace, name);
        for (int i = 0; i < TRIES && account.isEmpty() && name.equals("default"); i++) {
            try {
                context.time().sleep(PAUSE);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
            account = registry.get(ACCOUNTS, namespace, name);
        }
        return account;
    }

    private static boolean mounts(ObjectNode spec, Resource account) {
        JsonNode ofPod = spec.path("automountServiceAccountToken");
        return ofPod.isBoolean()
                ? ofPod.asBoolean()
                : account.at("automountServiceAccountToken").asBoolean(true);
    }

    private void mount(ObjectNode spec) {
        Optional<String> present = Trees.list(spec, "volumes").stream()
                .map(volume -> Trees.text(volume, "name"))
                .filter(name -> name.startsWith(VOLUME))
                .findFirst();
        String volume = present.orElse("");
        for (String list : List.of("initContainers", "containers")) {
            for (ObjectNode container : Trees.list(spec, list)) {
                boolean isMounted = Trees.list(container, "volumeMounts").stream()
                        .anyMatch(mount -> Trees.text(mount, "mountPath").equals(MOUNT_PATH));
                if (isMounted) {
                    continue;
                }
                if (volume.isEmpty()) {
                    volume = addVolume(spec);
                }
                container
                        .withArray("volumeMounts")
                        .addObject()
                        .put("name", volume)
                        .put("readOnly", true)
                        .put("mountPath", MOUNT_PATH);
            }
        }
    }

    private String addVolume(ObjectNode spec) {
        var name = new StringBuilder(VOLUME);
        for (int i = 0; i < 5; i++) {
            name.append(ALPHABET.charAt(context.random().nextInt(ALPHABET.length())));
        }
        ObjectNode projected = spec.withArray("volumes")
                .addObject()
                .put("name", name.toString())
                .putObject("projected");
        projected.put("defaultMode", MODE);
        var sources = projected.putArray("sources");
        sources.addObject()
                .putObject("serviceAccountToken")
                .put("expirationSeconds", TOKEN_SECONDS)
                .put("path", "token");
        ObjectNode authority = sources.addObject().putObject("configMap").put("name", "kube-root-ca.crt");
        authority.putArray("items").addObject().put("key", "ca.crt").put("path", "ca.crt");
        ObjectNode item =
                sources.addObject().putObject("downwardAPI").putArray("items").addObject();
        item.put("path", "namespace")
                .putObject("fieldRef")
                .put("apiVersion", "v1")
                .put("fieldPath", "metadata.namespace");
        return name.toString();
    }
}
