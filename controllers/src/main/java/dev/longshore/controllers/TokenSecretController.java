package dev.longshore.controllers;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import dev.longshore.kinds.authentication.SecretTokens;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Fills Secrets of type `kubernetes.io/service-account-token`, and deletes those whose account is gone.
final class TokenSecretController implements Reconciler {

    static final String NAME = "token-secret-controller";

    private static final String TYPE = "kubernetes.io/service-account-token";
    private static final String ACCOUNT = "kubernetes.io/service-account.name";
    private static final String UID = "kubernetes.io/service-account.uid";

    private final Informers informers;
    private final KubernetesClient client;
    private final SecretTokens tokens;
    private final RootCertificate authority;

    private TokenSecretController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.tokens = context.tokens();
        this.authority = context.rootCertificate();
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new TokenSecretController(context), 1, context.time());
        Informers informers = context.informers();
        informers.onChange(Secret.class, secret -> {
            if (TYPE.equals(secret.getType())) {
                loop.queue().add(Keys.of(secret));
            }
        });
        informers.onChange(
                ServiceAccount.class,
                account -> informers.in(Secret.class, account.getMetadata().getNamespace()).stream()
                        .filter(secret -> TYPE.equals(secret.getType())
                                && account.getMetadata()
                                        .getName()
                                        .equals(StorageClaims.annotations(secret)
                                                .get(ACCOUNT)))
                        .forEach(secret -> loop.queue().add(Keys.of(secret))));
        context.rootCertificate()
                .onChange(() -> informers.all(Secret.class).stream()
                        .filter(secret -> TYPE.equals(secret.getType()))
                        .forEach(secret -> loop.queue().add(Keys.of(secret))));
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<Secret> found = informers
                .find(Secret.class, key)
                .filter(secret -> TYPE.equals(secret.getType()) && !Keys.isBeingDeleted(secret));
        if (found.isEmpty() || !StorageClaims.annotations(found.get()).containsKey(ACCOUNT)) {
            return Outcome.done();
        }
        Secret secret = found.get();
        // Read anew before anything is deleted: an account may be younger than what was heard.
        Optional<ServiceAccount> account = Optional.ofNullable(client.serviceAccounts()
                        .inNamespace(Keys.namespace(key))
                        .withName(StorageClaims.annotations(secret).get(ACCOUNT))
                        .get())
                .filter(present -> isOf(secret, present));
        if (account.isEmpty()) {
            PreciseDeletion.of(secret).send(client);
            return Outcome.done();
        }
        Secret filled = filled(secret, account.get(), tokens, authority.pem());
        if (!filled.equals(secret)) {
            client.resource(filled).update();
        }
        return Outcome.done();
    }

    private static boolean isOf(Secret secret, ServiceAccount account) {
        String uid = StorageClaims.annotations(secret).getOrDefault(UID, "");
        return uid.isEmpty() || uid.equals(account.getMetadata().getUid());
    }

    /// `secret` with all that it lacks.
    static Secret filled(Secret secret, ServiceAccount account, SecretTokens tokens, String authority) {
        var data = new HashMap<>(Objects.requireNonNullElse(secret.getData(), Map.<String, String>of()));
        String namespace = secret.getMetadata().getNamespace();
        data.put("ca.crt", base64(authority));
        data.computeIfAbsent("namespace", absent -> base64(namespace));
        data.computeIfAbsent(
                "token",
                absent -> base64(tokens.sign(
                        namespace,
                        account.getMetadata().getName(),
                        account.getMetadata().getUid(),
                        secret.getMetadata().getName())));
        return new SecretBuilder(secret)
                .withData(data)
                .editMetadata()
                .addToAnnotations(UID, account.getMetadata().getUid())
                .endMetadata()
                .build();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
