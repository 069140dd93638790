package dev.longshore.server.pki;

import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The cluster's keys and certificates under one directory; made when they are not there, made anew when they
/// are about to expire, cannot be read, or say something else than asked. Whoever was given one sees the new one as
/// soon as it is written. Thread-safe: writers wait for each other, readers never.
///
/// ```
/// pki/ca.crt ca.key                       the cluster's own authority
///     sa.key sa.pub                       signs ServiceAccount tokens
///     apiserver.crt .key                  the API server's TLS identity
///     kubelet.crt .key                    the kubelet's TLS identity
///     apiserver-kubelet-client.crt .key   the API server towards kubelets
///     metrics-kubelet-client.crt .key     who asks kubelets what is used
///     admin.crt .key                      the cluster admin of DIR/kubeconfig
///     front-proxy-ca.crt .key             vouches for the front proxy only
///     front-proxy-client.crt .key         the API server towards extension API servers
///     etcd/ca.crt .key                    vouches for those two only
///          server.crt .key                the store towards etcd's clients
///          client.crt .key                etcd's clients
/// ```
public final class ClusterKeys {

    private static final Logger log = LoggerFactory.getLogger(ClusterKeys.class);

    private static final Comparator<CertificateState> BY_NAME = Comparator.comparing(CertificateState::name);
    private static final String CLUSTER = "ca";
    private static final String FRONT_PROXY = "front-proxy-ca";
    private static final String ETCD = "etcd/ca";
    private static final String TOKENS = "sa";
    private static final Duration EXTERNAL_SLACK = Duration.ofDays(30);

    private final KeyFiles files;
    private final Time time;
    private final Terms terms;
    private final SecureRandom randomness;
    private final Map<String, KeptAuthority> authorities = new LinkedHashMap<>();
    private final Map<String, KeptIdentity> identities = new LinkedHashMap<>();
    private final List<Supplier<CertificateState>> foreign = new ArrayList<>();

    /// Keys under `directory`.
    ///
    /// @param terms of new certificates
    public ClusterKeys(Path directory, Time time, Terms terms, SecureRandom randomness) {
        this.files = new KeyFiles(directory);
        this.time = time;
        this.terms = terms;
        this.randomness = randomness;
    }

    /// The cluster's certificate authority.
    ///
    /// @throws IOException when it cannot be read or made
    public KeptAuthority authority() throws IOException {
        return authority(CLUSTER, "longshore-ca");
    }

    /// The authority that vouches for the front proxy, and for nobody else: whoever shows its certificate is
    /// believed to speak for any user.
    public KeptAuthority frontProxyAuthority() throws IOException {
        return authority(FRONT_PROXY, "front-proxy-ca");
    }

    /// The authority that vouches for the store and those who may see all of it, and for nobody else.
    public KeptAuthority etcdAuthority() throws IOException {
        return authority(ETCD, "etcd-ca");
    }

    private synchronized KeptAuthority authority(String name, String subject) throws IOException {
        KeptAuthority known = authorities.get(name);
        if (known == null) {
            known = new KeptAuthority(name, readOrMade(name, subject));
            authorities.put(name, known);
            if (isDue(known)) {
                renew(known);
            }
        }
        return known;
    }

    /// What clients believe in is never made anew by itself while there is a trace of it.
    private CertificateAuthority readOrMade(String name, String subject) throws IOException {
        Optional<Identity> stored = files.read(name);
        if (stored.isPresent()) {
            return new CertificateAuthority(stored.get(), randomness);
        }
        for (Path file : List.of(files.certificate(name), files.key(name))) {
            if (Files.exists(file)) {
                throw new IOException(
                        "%s is there and its other half is not: put it back, or remove both for a new authority, which nobody believes yet"
                                .formatted(file));
            }
        }
        var made = CertificateAuthority.create(subject, time.now(), terms.authorityLifetime(), randomness);
        files.writeForGood(name, made.identity());
        return made;
    }

    /// The identity stored under `name`, made as `request` says if it is missing, expiring, or not what is
    /// asked.
    public KeptIdentity identity(String name, CertificateRequest request) throws IOException {
        return identity(authority(), name, request);
    }

    /// As above, issued by `authority`.
    public synchronized KeptIdentity identity(KeptAuthority authority, String name, CertificateRequest request)
            throws IOException {
        KeptIdentity known = identities.get(name);
        if (known != null && known.request().equals(request)) {
            return known;
        }
        Optional<Identity> stored = readable(name).filter(identity -> serves(identity, request, authority));
        Identity current = stored.isPresent() ? stored.get() : issued(authority, name, request);
        var kept = new KeptIdentity(name, authority, request, current);
        identities.put(name, kept);
        return kept;
    }

    private Optional<Identity> readable(String name) {
        try {
            return files.read(name);
        } catch (IOException broken) {
            log.warn("{}: a new one is made", broken.getMessage());
            return Optional.empty();
        }
    }

    private Identity issued(KeptAuthority authority, String name, CertificateRequest request) throws IOException {
        Identity fresh = authority.get().issue(request, time.now(), terms.lifetime());
        files.write(name, fresh);
        return fresh;
    }

    private boolean serves(Identity identity, CertificateRequest request, KeptAuthority authority) {
        X509Certificate leaf = identity.chain().getFirst();
        return isSigned(leaf, authority)
                && !isWithin(leaf, terms.ahead())
                && request.isMetBy(CertificateRequest.of(leaf));
    }

    private static boolean isSigned(X509Certificate leaf, KeptAuthority authority) {
        try {
            leaf.verify(authority.certificate().getPublicKey());
            return true;
        } catch (GeneralSecurityException foreign) {
            return false;
        }
    }

    private boolean isWithin(X509Certificate certificate, Duration rest) {
        return !certificate.getNotAfter().toInstant().isAfter(time.now().plus(rest));
    }

    private boolean isDue(KeptAuthority authority) {
        return isWithin(authority.certificate(), terms.authorityAhead());
    }

    /// Where the key is that signs ServiceAccount tokens.
    public Path tokenKeyFile() {
        return files.key(TOKENS);
    }

    /// Where the keys are that verify them: its public half, and those of keys before it.
    public Path tokenPublicFile() {
        return files.publicKey(TOKENS);
    }

    /// The key pair that signs ServiceAccount tokens.
    public synchronized KeyPair serviceAccountKeys() throws IOException {
        Path keyFile = files.key(TOKENS);
        Path publicFile = files.publicKey(TOKENS);
        if (Files.exists(keyFile) && Files.exists(publicFile)) {
            return new KeyPair(Pem.publicKey(publicFile), Pem.privateKey(keyFile));
        }
        KeyPair fresh = CertificateAuthority.newRsaKeys(randomness);
        files.write(TOKENS, fresh.getPublic(), fresh.getPrivate());
        return fresh;
    }

    /// Takes on what lies in the directory as it is, to be listed and renewed: for when no server runs.
    ///
    /// @throws IOException when something there cannot be read
    public synchronized void takeStored() throws IOException {
        for (String name : List.of(CLUSTER, FRONT_PROXY, ETCD)) {
            Optional<Identity> stored = files.read(name);
            if (stored.isPresent()) {
                authorities.put(name, new KeptAuthority(name, new CertificateAuthority(stored.get(), randomness)));
            }
        }
        for (String name : files.names()) {
            Optional<Identity> stored = authorities.containsKey(name) ? Optional.empty() : files.read(name);
            if (stored.isPresent()) {
                takeStored(name, stored.get());
            }
        }
    }

    /// A certificate that somebody else renews is listed too.
    public synchronized void watch(Supplier<CertificateState> external) {
        foreign.add(external);
    }

    private void takeStored(String name, Identity stored) {
        X509Certificate leaf = stored.chain().getFirst();
        Optional<KeptAuthority> authority =
                authorities.values().stream().filter(one -> isSigned(leaf, one)).findFirst();
        if (authority.isPresent()) {
            identities.put(name, new KeptIdentity(name, authority.get(), CertificateRequest.of(leaf), stored));
        } else {
            var state = new CertificateState(name, "", leaf.getNotAfter().toInstant(), true);
            foreign.add(() -> state);
        }
    }

    /// All there are, in alphabetical order, authorities last.
    public synchronized List<CertificateState> states() {
        Stream<CertificateState> leaves = identities.values().stream()
                .map(one -> new CertificateState(
                        one.name(),
                        one.authority().name(),
                        one.certificate().getNotAfter().toInstant(),
                        false));
        Stream<CertificateState> roots = authorities.values().stream()
                .map(one -> new CertificateState(
                        one.name(), "", one.certificate().getNotAfter().toInstant(), false));
        return Stream.concat(
                        Stream.concat(leaves, foreign.stream().map(Supplier::get))
                                .sorted(BY_NAME),
                        roots.sorted(BY_NAME))
                .toList();
    }

    /// Those whose end is so near that somebody should look: ours would have been renewed before.
    public List<CertificateState> endangered() {
        Instant now = time.now();
        return states().stream()
                .filter(state -> state.end().isBefore(now.plus(slack(state))))
                .toList();
    }

    private Duration slack(CertificateState state) {
        if (state.isExternal()) {
            return EXTERNAL_SLACK;
        }
        return (state.isAuthority() ? terms.authorityAhead() : terms.ahead()).dividedBy(2);
    }

    /// Renews what is due. One that cannot be renewed does not keep the others from it.
    ///
    /// @throws IOException when one could not be written, which goes on being used as it is
    public synchronized void renewDue() throws IOException {
        var failures = new ArrayList<IOException>();
        for (KeptAuthority authority : authorities.values()) {
            if (isDue(authority)) {
                attempt(() -> renew(authority), failures);
            }
        }
        for (KeptIdentity identity : identities.values()) {
            if (isWithin(identity.certificate(), terms.ahead())) {
                attempt(() -> renew(identity), failures);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    private interface Renewing {
        void run() throws IOException;
    }

    private static void attempt(Renewing work, List<IOException> failures) {
        try {
            work.run();
        } catch (IOException failed) {
            failures.add(failed);
        }
    }

    /// When the next one is due.
    public synchronized Instant nextDue() {
        Stream<Instant> leaves = identities.values().stream()
                .map(one -> one.certificate().getNotAfter().toInstant().minus(terms.ahead()));
        Stream<Instant> roots = authorities.values().stream()
                .map(one -> one.certificate().getNotAfter().toInstant().minus(terms.authorityAhead()));
        return Stream.concat(leaves, roots).min(Instant::compareTo).orElse(Instant.MAX);
    }

    /// The identity called so, if there is one.
    public synchronized Optional<KeptIdentity> kept(String name) {
        return Optional.ofNullable(identities.get(name));
    }

    /// Renews `name`, whether or not it is due; false when there is none called so.
    public synchronized boolean renew(String name) throws IOException {
        if (identities.containsKey(name)) {
            renew(identities.get(name));
            return true;
        }
        if (authorities.containsKey(name)) {
            renew(authorities.get(name));
            return true;
        }
        return false;
    }

    private void renew(KeptIdentity identity) throws IOException {
        identity.take(issued(identity.authority(), identity.name(), identity.request()));
        log.info(
                "certificate {} renewed until {}",
                identity.name(),
                identity.certificate().getNotAfter().toInstant());
    }

    private void renew(KeptAuthority authority) throws IOException {
        CertificateAuthority renewed = authority.get().renewed(time.now(), terms.authorityLifetime());
        files.writeCertificate(authority.name(), renewed.identity());
        authority.take(renewed);
        log.info(
                "authority {} renewed until {}",
                authority.name(),
                authority.certificate().getNotAfter().toInstant());
    }
}
