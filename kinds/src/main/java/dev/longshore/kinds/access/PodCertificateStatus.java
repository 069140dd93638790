package dev.longshore.kinds.access;

import dev.longshore.base.Time;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Conditions;
import dev.longshore.kinds.kit.Pem;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import dev.longshore.model.Times;
import java.io.ByteArrayInputStream;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a signer may not answer: one verdict, once; and with a certificate only one that is for the key asked for,
/// from now on and no longer than asked.
record PodCertificateStatus(Time time) {

    private static final List<String> VERDICTS = List.of("Issued", "Denied", "Failed");
    private static final List<String> TIMES = List.of("notBefore", "notAfter", "beginRefreshAt");
    private static final String CHAIN = "status.certificateChain";
    private static final int MAX_CHAIN = 100 * 1024;
    private static final Duration SHORTEST = Duration.ofHours(1);
    private static final Duration SKEW = Duration.ofMinutes(5);
    private static final Duration MARGIN = Duration.ofMinutes(10);
    private static final int DNS = 2;
    private static final int MAIL = 1;
    private static final Pattern ADDRESS = Pattern.compile("[^@\\s]+@[^@\\s]+");

    void check(Checks checks, ObjectNode object, ObjectNode old) {
        int before = checks.count();
        verdicts(checks, Trees.list(object, "status", "conditions"));
        Conditions.check(checks, "status.conditions", Trees.at(object, "status", "conditions"));
        if (checks.count() > before) {
            return;
        }
        JsonNode status = object.path("status");
        if (VERDICTS.stream().anyMatch(type -> has(old, type))) {
            if (isOther(status, old)) {
                checks.invalidUnshown("status", "immutable after PodCertificateRequest is issued, denied, or failed");
            }
        } else if (has(object, "Denied") || has(object, "Failed")) {
            boolean saysMore = status.propertyNames().stream()
                    .anyMatch(field -> !field.equals("conditions") && Trees.has(status, field));
            if (saysMore) {
                checks.invalidUnshown(
                        "status",
                        "non-condition status fields must be empty when denying or failing the"
                                + " PodCertificateRequest");
            }
        } else if (has(object, "Issued")) {
            issued(checks, object, old);
        } else if (isOther(status, old)) {
            checks.invalidUnshown(
                    "status", "status is immutable unless transitioning to \"Issued\", \"Denied\", or \"Failed\"");
        }
    }

    private static boolean isOther(JsonNode status, ObjectNode old) {
        return !Trees.pruned(status).equals(Trees.pruned(old.path("status")));
    }

    /// The original writes the index as a field of its own.
    private static void verdicts(Checks checks, List<ObjectNode> conditions) {
        int known = 0;
        for (int i = 0; i < conditions.size(); i++) {
            String path = "status.conditions.[" + i + "]";
            String type = Trees.text(conditions.get(i), "type");
            if (!VERDICTS.contains(type)) {
                checks.only(path + ".type", type, VERDICTS);
                continue;
            }
            if (++known > 1) {
                checks.invalid(
                        path + ".type",
                        type,
                        "There may be at most one condition with type \"Issued\", \"Denied\", or \"Failed\"");
            }
            checks.only(path + ".status", Trees.text(conditions.get(i), "status"), List.of("True"));
        }
    }

    private static boolean has(ObjectNode object, String type) {
        return Trees.list(object, "status", "conditions").stream()
                .anyMatch(condition -> Trees.text(condition, "type").equals(type)
                        && Trees.text(condition, "status").equals("True"));
    }

    private void issued(Checks checks, ObjectNode object, ObjectNode old) {
        String chain = Trees.text(object, "status", "certificateChain");
        if (chain.length() > MAX_CHAIN) {
            checks.add(Cause.tooLong(CHAIN, MAX_CHAIN));
            return;
        }
        List<Pem> blocks = Pem.parse(chain);
        Optional<X509Certificate> leaf = leaf(checks, chain, blocks);
        if (leaf.isEmpty()) {
            return;
        }
        names(checks, leaf.get());
        Optional<PublicKey> wanted = PodKeyChecks.requested(old.path("spec"));
        if (wanted.isEmpty() || !wanted.get().equals(leaf.get().getPublicKey())) {
            checks.invalid(CHAIN, chain, "leaf certificate was not issued to the requested public key");
            return;
        }
        if (areSaid(checks, object.path("status")) && areTrue(checks, object, leaf.get())) {
            rest(checks, chain, blocks.subList(1, blocks.size()));
        }
    }

    private static Optional<X509Certificate> leaf(Checks checks, String chain, List<Pem> blocks) {
        if (blocks.isEmpty()) {
            checks.invalid(CHAIN, chain, "issued certificate chain must contain at least one certificate");
            return Optional.empty();
        }
        if (!blocks.getFirst().type().equals("CERTIFICATE")) {
            checks.invalid(CHAIN, chain, "issued certificate chain must consist entirely of CERTIFICATE PEM blocks");
            return Optional.empty();
        }
        Optional<X509Certificate> leaf = parse(blocks.getFirst());
        if (leaf.isEmpty()) {
            checks.invalid(CHAIN, chain, "leaf certificate does not parse as valid X.509");
        }
        return leaf;
    }

    private static Optional<X509Certificate> parse(Pem block) {
        try {
            var certificate = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(block.bytes()));
            return Optional.of((X509Certificate) certificate);
        } catch (CertificateException malformed) {
            return Optional.empty();
        }
    }

    private static void names(Checks checks, X509Certificate leaf) {
        for (String name : alternatives(leaf, DNS)) {
            if (name.isEmpty()) {
                checks.invalid(CHAIN, name, "leaf certificate should not contain empty DNSName");
            }
            if (name.contains("..")) {
                checks.invalid(CHAIN, name, "leaf certificate's DNSName should not contain '..'");
            }
            if (name.startsWith(".") || name.endsWith(".")) {
                checks.invalid(CHAIN, name, "leaf certificate's DNSName should not start or end with '.'");
            }
        }
        for (String address : alternatives(leaf, MAIL)) {
            if (!ADDRESS.matcher(address).matches()) {
                checks.invalid(CHAIN, address, "leaf certificate should not contain invalid EmailAddress");
            }
        }
    }

    private static List<String> alternatives(X509Certificate leaf, int type) {
        var names = new ArrayList<String>();
        try {
            var all = leaf.getSubjectAlternativeNames();
            if (all != null) {
                all.stream()
                        .filter(name -> name.getFirst().equals(type))
                        .forEach(name -> names.add(name.get(1).toString()));
            }
        } catch (CertificateParsingException unreadable) {
            names.clear();
        }
        return names;
    }

    private static boolean areSaid(Checks checks, JsonNode status) {
        int before = checks.count();
        for (String field : TIMES) {
            if (!Trees.has(status, field)) {
                checks.required(
                        "status." + field,
                        field.equals("beginRefreshAt")
                                ? "must be present and in the range [notbefore+10min, notafter-10min]"
                                : "must be present and consistent with the issued certificate");
            }
        }
        return checks.count() == before;
    }

    private boolean areTrue(Checks checks, ObjectNode object, X509Certificate leaf) {
        Instant begin = at(object, "notBefore");
        Instant end = at(object, "notAfter");
        Instant refresh = at(object, "beginRefreshAt");
        Duration life = Duration.between(
                leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant());
        long most = Trees.number(object, 0, "spec", "maxExpirationSeconds");
        if (!begin.equals(leaf.getNotBefore().toInstant())) {
            wrong(checks, "notBefore", begin, "must be set to the NotBefore time encoded in the leaf certificate");
        } else if (Duration.between(begin, time.now()).abs().compareTo(SKEW) >= 0) {
            wrong(checks, "notBefore", begin, "must be set to within 5 minutes of kube-apiserver's current time");
        } else if (!end.equals(leaf.getNotAfter().toInstant())) {
            wrong(checks, "notAfter", end, "must be set to the NotAfter time encoded in the leaf certificate");
        } else if (life.compareTo(SHORTEST) < 0) {
            checks.invalid(CHAIN, life.toNanos(), "leaf certificate lifetime must be >= 1 hour");
        } else if (life.toSeconds() > most) {
            checks.invalid(
                    CHAIN,
                    life.toNanos(),
                    "leaf certificate lifetime must be <= spec.maxExpirationSeconds (" + most + ")");
        } else if (refresh.isBefore(begin.plus(MARGIN))) {
            wrong(checks, "beginRefreshAt", refresh, "must be at least 10 minutes after status.notBefore");
        } else if (refresh.isAfter(end.minus(MARGIN))) {
            wrong(checks, "beginRefreshAt", refresh, "must be at least 10 minutes before status.notAfter");
        } else {
            return true;
        }
        return false;
    }

    private static Instant at(ObjectNode object, String field) {
        return Times.parse(Trees.text(object, "status", field)).orElse(Instant.EPOCH);
    }

    private static void wrong(Checks checks, String field, Instant at, String why) {
        checks.invalid("status." + field, Times.print(at), why);
    }

    private static void rest(Checks checks, String chain, List<Pem> blocks) {
        for (Pem block : blocks) {
            if (!block.type().equals("CERTIFICATE")) {
                // The original's spelling.
                checks.invalid(CHAIN, chain, "issued certificate chain must consist entirely of CERTFICATE PEM blocks");
                return;
            }
            if (parse(block).isEmpty()) {
                checks.invalid(CHAIN, chain, "intermediate certificate does not parse as valid X.509");
                return;
            }
        }
    }
}
