package dev.longshore.kubelet.images;

import dev.longshore.base.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// What opened an image that this kubelet has pulled (kubelet.config.k8s.io/v1beta1, ImagePulledRecord). Immutable.
///
/// @param imageRef the image's id
/// @param openings by the name that pods call it, without tag and digest
record PullRecord(String imageRef, Instant updated, Map<String, Opening> openings) {

    private static final int MOST = 100;

    PullRecord {
        openings = Map.copyOf(openings);
    }

    /// @param isForAll whether every pod of the node may have it, for it was got without a pod's credentials
    /// @param accounts ServiceAccounts to which a plugin of the node's gave credentials
    record Opening(boolean isForAll, List<KnownSecret> secrets, List<PullKey.Source.OfServiceAccount> accounts) {

        /// Nobody may have it.
        static final Opening NONE = new Opening(false, List.of(), List.of());

        /// Everybody may have it.
        static final Opening FOR_ALL = new Opening(true, List.of(), List.of());

        Opening {
            secrets = List.copyOf(secrets);
            accounts = List.copyOf(accounts);
        }
    }

    record KnownSecret(PullKey.Source.OfSecret source, String hash) {}

    /// With one more way in.
    PullRecord with(String name, Opening more, Instant now) {
        Opening old = openings.getOrDefault(name, Opening.NONE);
        var secrets = new ArrayList<>(old.secrets);
        // What a Secret held before opens nothing any more.
        secrets.removeIf(known -> more.secrets.stream().anyMatch(one -> one.source.equals(known.source)));
        secrets.addAll(more.secrets);
        var accounts = new ArrayList<>(old.accounts);
        accounts.removeAll(more.accounts);
        accounts.addAll(more.accounts);
        boolean isForAll = old.isForAll || more.isForAll;
        var all = new LinkedHashMap<>(openings);
        all.put(name, isForAll ? Opening.FOR_ALL : new Opening(false, newest(secrets), newest(accounts)));
        return new PullRecord(imageRef, now, all);
    }

    private static <T> List<T> newest(List<T> all) {
        return all.subList(Math.max(0, all.size() - MOST), all.size());
    }

    byte[] json() {
        ObjectNode record = Json.object()
                .put("kind", "ImagePulledRecord")
                .put("apiVersion", "kubelet.config.k8s.io/v1beta1")
                .put("lastUpdatedTime", updated.toString())
                .put("imageRef", imageRef);
        ObjectNode mapping = record.putObject("credentialMapping");
        openings.forEach((name, opening) -> {
            ObjectNode entry = mapping.putObject(name);
            if (opening.isForAll) {
                entry.put("nodePodsAccessible", true);
            }
            if (!opening.secrets.isEmpty()) {
                var list = entry.putArray("kubernetesSecrets");
                opening.secrets.forEach(secret -> list.addObject()
                        .put("uid", secret.source.uid())
                        .put("namespace", secret.source.namespace())
                        .put("name", secret.source.name())
                        .put("credentialHash", secret.hash));
            }
            if (!opening.accounts.isEmpty()) {
                var list = entry.putArray("kubernetesServiceAccounts");
                opening.accounts.forEach(account -> list.addObject()
                        .put("uid", account.uid())
                        .put("namespace", account.namespace())
                        .put("name", account.name()));
            }
        });
        return Json.bytes(record);
    }

    /// @throws IllegalArgumentException or a kind of it when it is none
    static PullRecord parse(byte[] json) {
        var tree = Json.parse(json);
        var openings = new LinkedHashMap<String, Opening>();
        tree.path("credentialMapping").properties().forEach(entry -> {
            var secrets = new ArrayList<KnownSecret>();
            entry.getValue()
                    .path("kubernetesSecrets")
                    .forEach(secret -> secrets.add(new KnownSecret(
                            new PullKey.Source.OfSecret(
                                    secret.path("uid").asString(""),
                                    secret.path("namespace").asString(""),
                                    secret.path("name").asString("")),
                            secret.path("credentialHash").asString(""))));
            var accounts = new ArrayList<PullKey.Source.OfServiceAccount>();
            entry.getValue()
                    .path("kubernetesServiceAccounts")
                    .forEach(account -> accounts.add(new PullKey.Source.OfServiceAccount(
                            account.path("uid").asString(""),
                            account.path("namespace").asString(""),
                            account.path("name").asString(""))));
            openings.put(
                    entry.getKey(),
                    new Opening(entry.getValue().path("nodePodsAccessible").asBoolean(false), secrets, accounts));
        });
        return new PullRecord(
                tree.path("imageRef").asString(""),
                Instant.parse(tree.path("lastUpdatedTime").asString("")),
                openings);
    }
}
