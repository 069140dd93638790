package dev.longshore.kubelet.images;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.runtime.Images;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// What one credential provider has given, for as long as that may be kept: by image, by registry or for all, as it
/// said, and by the ServiceAccount for which it was asked. Asks it once for many who want the same at the same time.
/// Thread-safe.
final class KeptCredentials {

    private static final String ALL = "<global>";
    private static final int MOST = 4096;
    private static final Duration TOKEN_LIFE = Duration.ofHours(1);

    private final CredentialProvider provider;
    private final ExecPlugin plugin;
    private final ConfigApi config;
    private final Time time;
    private final Map<Key, Entry> kept = new LinkedHashMap<>();
    private final Map<Key, FutureTask<ExecPlugin.Answer>> asking = new ConcurrentHashMap<>();

    /// @param what an image, a registry or `<global>`
    /// @param account which account it is for, in all that matters; empty for every pod
    private record Key(String what, String account) {}

    private record Entry(Map<String, Images.Credentials> credentials, Instant until) {}

    /// On whose behalf it is asked.
    private record Account(PullKey.Source source, String key, String token, Map<String, String> annotations) {
        static final Account NONE = new Account(new PullKey.Source.OfNode(), "", "", Map.of());

        @Override
        public String toString() {
            return "Account[" + source + "]";
        }
    }

    KeptCredentials(CredentialProvider provider, ExecPlugin plugin, ConfigApi config, Time time) {
        this.provider = provider;
        this.plugin = plugin;
        this.config = config;
        this.time = time;
    }

    String name() {
        return provider.name();
    }

    /// What it gives for `image`, the whole name of a repository; none if it is not asked for such.
    ///
    /// @throws CredentialsException when it fails
    List<PullKey> find(Pod pod, String image) throws InterruptedException {
        Optional<Account> account = provider.isFor(image) ? account(pod) : Optional.empty();
        if (account.isEmpty()) {
            return List.of();
        }
        Optional<Map<String, Images.Credentials>> known = known(image, account.get().key);
        Map<String, Images.Credentials> credentials = known.isPresent() ? known.get() : ask(image, account.get());
        return Keyring.of(credentials, account.get().source).find(image);
    }

    private Map<String, Images.Credentials> ask(String image, Account account) throws InterruptedException {
        // Two tokens are two questions, though the answers may be kept for one account.
        var question = new Key(image, account.key + "\0" + hash(account.token));
        var task = new FutureTask<>(() -> plugin.ask(image, account.token, account.annotations));
        FutureTask<ExecPlugin.Answer> first = asking.putIfAbsent(question, task);
        ExecPlugin.Answer answer;
        try {
            if (first == null) {
                task.run();
            }
            answer = (first == null ? task : first).get();
        } catch (ExecutionException failed) {
            throw new CredentialsException(
                    "failed to get credential from external registry credential provider: "
                            + failed.getCause().getMessage(),
                    failed);
        } finally {
            asking.remove(question, task);
        }
        boolean isEcho = !account.token.isEmpty()
                && provider.token().filter(token -> !token.isKeptByToken()).isPresent()
                && answer.credentials().values().stream()
                        .anyMatch(one -> one.password().equals(account.token));
        if (isEcho) {
            throw new CredentialsException("credential provider plugin returned the service account token as the"
                    + " password which is not allowed when service account cache type is not set to 'Token'");
        }
        keep(image, account, answer);
        return answer.credentials();
    }

    private void keep(String image, Account account, ExecPlugin.Answer answer) {
        Duration life = answer.life().orElse(provider.usualLife());
        if (life.isZero()) {
            return;
        }
        String what =
                switch (answer.scope()) {
                    case "Image" -> image;
                    case "Registry" -> registry(image);
                    default -> ALL;
                };
        Instant now = time.now();
        synchronized (kept) {
            kept.values().removeIf(entry -> now.isAfter(entry.until));
            kept.put(new Key(what, account.key), new Entry(answer.credentials(), now.plus(life)));
            if (kept.size() > MOST) {
                kept.remove(kept.keySet().iterator().next());
            }
        }
    }

    private Optional<Map<String, Images.Credentials>> known(String image, String account) {
        Instant now = time.now();
        synchronized (kept) {
            for (String what : List.of(image, registry(image), ALL)) {
                Entry entry = kept.get(new Key(what, account));
                if (entry != null && !now.isAfter(entry.until)) {
                    return Optional.of(entry.credentials);
                }
            }
        }
        return Optional.empty();
    }

    /// Empty if the provider is not to be asked for this pod.
    private Optional<Account> account(Pod pod) {
        if (provider.token().isEmpty()) {
            return Optional.of(Account.NONE);
        }
        CredentialProvider.TokenAttributes wanted = provider.token().get();
        String namespace = pod.getMetadata().getNamespace();
        String name = Optional.ofNullable(pod.getSpec().getServiceAccountName()).orElse("");
        if (name.isEmpty()) {
            return wanted.isRequired() ? Optional.empty() : Optional.of(Account.NONE);
        }
        ServiceAccount found = config.serviceAccount(namespace, name)
                .orElseThrow(() -> new CredentialsException(
                        "failed to get service account: serviceaccounts \"%s\" not found".formatted(name)));
        Map<String, String> all =
                Optional.ofNullable(found.getMetadata().getAnnotations()).orElse(Map.of());
        if (!all.keySet().containsAll(wanted.required())) {
            return Optional.empty();
        }
        var annotations = new TreeMap<String, String>();
        wanted.required().forEach(key -> annotations.put(key, all.get(key)));
        wanted.optional().stream().filter(all::containsKey).forEach(key -> annotations.put(key, all.get(key)));
        String token = config.token(pod, wanted.audience(), TOKEN_LIFE).value();
        String uid = found.getMetadata().getUid();
        String key = String.join("\0", namespace, name, uid, annotations.toString())
                + (wanted.isKeptByToken() ? "\0" + hash(token) : "");
        return Optional.of(new Account(
                new PullKey.Source.OfServiceAccount(uid, namespace, name), key, token, Map.copyOf(annotations)));
    }

    private static String registry(String image) {
        return image.split("/", 2)[0];
    }

    private static String hash(String token) {
        return token.isEmpty()
                ? ""
                : Digest.sha256(token.getBytes(StandardCharsets.UTF_8)).hex();
    }
}
