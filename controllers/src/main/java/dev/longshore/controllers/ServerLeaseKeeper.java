package dev.longshore.controllers;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Says by a lease in `kube-system` that the API server lives, every ten seconds.
final class ServerLeaseKeeper implements Reconciler {

    static final String NAME = "apiserver-lease-controller";

    static final String LABEL = "apiserver.kubernetes.io/identity";
    static final String KUBE_API_SERVER = "kube-apiserver";

    private static final String NAMESPACE = "kube-system";
    private static final String HOST = "kubernetes.io/hostname";
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final int SECONDS = 3600;
    private static final int DIGEST_BYTES = 16;
    private static final String DIGITS = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int DIGIT_BITS = 5;

    private final KubernetesClient client;
    private final Time time;
    private final String host;
    private final String identity;
    private final String holder;

    private ServerLeaseKeeper(ControllerContext context) {
        this.client = context.clients().apply(NAME);
        this.time = context.time();
        this.host = context.host();
        this.identity = identity(host);
        this.holder = identity + "_" + uuid(context.randomness());
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new ServerLeaseKeeper(context), 1, context.time());
        loop.queue().add(NAME);
        return Controller.of(NAME, loop);
    }

    private static UUID uuid(RandomGenerator randomness) {
        byte[] name = new byte[DIGEST_BYTES];
        randomness.nextBytes(name);
        return UUID.nameUUIDFromBytes(name);
    }

    /// What the API server on the machine called `host` is called.
    static String identity(String host) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(host.getBytes(UTF_8));
            return "apiserver-" + base32(Arrays.copyOf(digest, DIGEST_BYTES));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java has SHA-256", impossible);
        }
    }

    private static String base32(byte[] bytes) {
        var text = new StringBuilder();
        int buffer = 0;
        int bits = 0;
        for (byte next : bytes) {
            buffer = buffer << Byte.SIZE | next & 0xff;
            bits += Byte.SIZE;
            while (bits >= DIGIT_BITS) {
                bits -= DIGIT_BITS;
                text.append(DIGITS.charAt(buffer >> bits & DIGITS.length() - 1));
            }
            buffer &= (1 << bits) - 1;
        }
        return bits == 0
                ? text.toString()
                : text.append(DIGITS.charAt(buffer << DIGIT_BITS - bits & DIGITS.length() - 1))
                        .toString();
    }

    @Override
    public Outcome reconcile(String key) {
        Lease present =
                client.leases().inNamespace(NAMESPACE).withName(identity).get();
        if (present == null) {
            client.resource(lease(new LeaseBuilder()
                            .withNewMetadata()
                            .withNamespace(NAMESPACE)
                            .withName(identity)
                            .endMetadata()
                            .build()))
                    .create();
        } else {
            client.resource(lease(present)).update();
        }
        return new Outcome.RetryAfter(PERIOD);
    }

    private Lease lease(Lease lease) {
        return new LeaseBuilder(lease)
                .editMetadata()
                .addToLabels(LABEL, KUBE_API_SERVER)
                .addToLabels(HOST, host)
                .endMetadata()
                .editOrNewSpec()
                .withHolderIdentity(holder)
                .withLeaseDurationSeconds(SECONDS)
                .withRenewTime(ZonedDateTime.ofInstant(time.now(), ZoneOffset.UTC))
                .endSpec()
                .build();
    }
}
