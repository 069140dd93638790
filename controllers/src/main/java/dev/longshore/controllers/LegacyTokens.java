package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which tokens that ServiceAccounts have in Secrets are given up: those that an account lists (so nobody asked
/// for them), that no pod names and nobody has used for a year. First they are said to be invalid; a year later
/// they go.
final class LegacyTokens {

    static final String LAST_USED = "kubernetes.io/legacy-token-last-used";
    static final String INVALID_SINCE = "kubernetes.io/legacy-token-invalid-since";

    private static final String TYPE = "kubernetes.io/service-account-token";
    private static final String ACCOUNT = "kubernetes.io/service-account.name";
    private static final String ACCOUNT_UID = "kubernetes.io/service-account.uid";

    /// Of disuse, as kube-controller-manager has it when nothing is said.
    private static final Period DISUSE = Period.ofDays(365);

    private LegacyTokens() {}

    /// What becomes of a token.
    enum Verdict {
        KEEP,
        INVALIDATE,
        DELETE
    }

    /// True if uses have been written down for so long that one without any is not used.
    ///
    /// @param since the day when that began, as its ConfigMap says
    static boolean isTrackedLongEnough(String since, Instant now) {
        return date(since)
                .map(day -> !now.isBefore(midnight(day.plusDays(1).plus(DISUSE))))
                .orElse(false);
    }

    /// @param account that the token is for, if there is one of its name
    /// @param pods of the token's namespace
    static Verdict verdict(Secret token, Optional<ServiceAccount> account, List<Pod> pods, Instant now) {
        LocalDate limit = today(now).minus(DISUSE);
        Instant created = Instant.parse(token.getMetadata().getCreationTimestamp());
        boolean isOld = TYPE.equals(token.getType())
                && token.getMetadata().getDeletionTimestamp() == null
                && created.isBefore(now.minus(DISUSE));
        if (!isOld || wasUsedSince(token, limit) || !isListed(token, account) || isMounted(token, pods)) {
            return Verdict.KEEP;
        }
        Optional<LocalDate> invalidSince = date(labels(token).get(INVALID_SINCE));
        if (invalidSince.isEmpty()) {
            return Verdict.INVALIDATE;
        }
        return invalidSince.get().isBefore(limit) ? Verdict.DELETE : Verdict.KEEP;
    }

    /// The day that it is, by UTC.
    static LocalDate today(Instant now) {
        return LocalDate.ofInstant(now, ZoneOffset.UTC);
    }

    private static boolean wasUsedSince(Secret token, LocalDate limit) {
        String used = labels(token).get(LAST_USED);
        // What cannot be read is taken for today.
        return used != null && date(used).map(day -> !day.isBefore(limit)).orElse(true);
    }

    private static boolean isListed(Secret token, Optional<ServiceAccount> account) {
        String uid = annotations(token).getOrDefault(ACCOUNT_UID, "");
        return account.filter(
                        found -> uid.isEmpty() || uid.equals(found.getMetadata().getUid()))
                .filter(found -> found.getSecrets().stream()
                        .anyMatch(listed -> token.getMetadata().getName().equals(listed.getName())))
                .isPresent();
    }

    /// The name of the account that it is for; empty if it does not say.
    static String accountOf(Secret token) {
        return annotations(token).getOrDefault(ACCOUNT, "");
    }

    private static boolean isMounted(Secret token, List<Pod> pods) {
        String name = token.getMetadata().getName();
        return pods.stream().anyMatch(pod -> names(pod).contains(name));
    }

    /// Every Secret that a pod names by itself.
    private static List<String> names(Pod pod) {
        var names = new ArrayList<String>();
        pod.getSpec().getImagePullSecrets().forEach(secret -> names.add(secret.getName()));
        pod.getSpec().getVolumes().forEach(volume -> {
            if (volume.getSecret() != null) {
                names.add(volume.getSecret().getSecretName());
            }
            if (volume.getProjected() != null) {
                volume.getProjected().getSources().stream()
                        .filter(source -> source.getSecret() != null)
                        .forEach(source -> names.add(source.getSecret().getName()));
            }
        });
        pod.getSpec().getInitContainers().forEach(container -> add(container, names));
        pod.getSpec().getContainers().forEach(container -> add(container, names));
        return names;
    }

    private static void add(Container container, List<String> names) {
        for (EnvFromSource source : container.getEnvFrom()) {
            if (source.getSecretRef() != null) {
                names.add(source.getSecretRef().getName());
            }
        }
        for (EnvVar variable : container.getEnv()) {
            if (variable.getValueFrom() != null && variable.getValueFrom().getSecretKeyRef() != null) {
                names.add(variable.getValueFrom().getSecretKeyRef().getName());
            }
        }
    }

    private static Map<String, String> labels(Secret token) {
        Map<String, String> labels = token.getMetadata().getLabels();
        return labels == null ? Map.of() : labels;
    }

    private static Map<String, String> annotations(Secret token) {
        Map<String, String> annotations = token.getMetadata().getAnnotations();
        return annotations == null ? Map.of() : annotations;
    }

    private static Instant midnight(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /// Empty if `text` is not a date.
    static Optional<LocalDate> date(String text) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDate.parse(text));
        } catch (DateTimeParseException unreadable) {
            return Optional.empty();
        }
    }
}
