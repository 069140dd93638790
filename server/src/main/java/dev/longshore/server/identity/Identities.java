package dev.longshore.server.identity;

import dev.longshore.apiserver.Entrance;
import dev.longshore.apiserver.HttpsCaller;
import dev.longshore.base.Time;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.SystemAuthorities;
import dev.longshore.kinds.AuthenticationMeans;
import dev.longshore.kinds.authentication.IssuerDocuments;
import dev.longshore.kinds.authentication.PemText;
import dev.longshore.kinds.authentication.ProxyAuthenticator;
import dev.longshore.kinds.authentication.ProxyHeaders;
import dev.longshore.kinds.authentication.StaticTokens;
import dev.longshore.kinds.authentication.VouchedChain;
import dev.longshore.kinds.authentication.WebhookTokens;
import dev.longshore.kinds.authentication.oidc.AuthenticationConfiguration;
import dev.longshore.kinds.authentication.oidc.JwtAuthenticators;
import dev.longshore.kinds.authorization.webhook.ReviewCall;
import dev.longshore.kinds.kit.TokenIssuance;
import dev.longshore.kinds.kit.TokenKeys;
import dev.longshore.model.Authenticator;
import dev.longshore.model.OutboundHttp;
import dev.longshore.server.config.IdentityOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who may ask the API server, and how they are known: what every cluster has of its own, and what flags add to it.
/// Files are read when it is made, so that what is wrong with one ends the start.
public final class Identities implements AutoCloseable {

    /// The issuer of the cluster's tokens, unless flags name another.
    public static final String ISSUER = "https://kubernetes.default.svc.cluster.local";

    private static final Logger log = LoggerFactory.getLogger(Identities.class);

    private final IdentityOptions options;
    private final Time time;
    private final TokenIssuance tokens;
    private final Supplier<List<X509Certificate>> clients;
    private final Optional<Proxy> proxy;
    private final Optional<StaticTokens> fileTokens;
    private final IssuerFile issuers;
    private final JwtAuthenticators jwt;
    private final Optional<WebhookTokens> webhook;
    private final AuthenticationConfiguration.Anonymous anonymous;

    /// A proxy of flags.
    private record Proxy(Supplier<List<X509Certificate>> authorities, ProxyHeaders headers) {}

    /// @param keys the cluster's own keys of tokens
    /// @param authorities vouch for the cluster's own clients
    /// @throws IOException when a file cannot be read, or what it says makes no sense; the message says which
    public Identities(IdentityOptions options, TokenKeys keys, Supplier<List<X509Certificate>> authorities, Time time)
            throws IOException {
        this.options = options;
        this.time = time;
        this.tokens = issuance(options.tokens(), keys, time);
        this.clients = withOwn(
                authorities,
                options.clientCa().isPresent()
                        ? Optional.of(certificates(options.clientCa().get(), time))
                        : Optional.empty());
        this.proxy =
                options.proxy().isPresent() ? Optional.of(proxy(options.proxy().get())) : Optional.empty();
        this.fileTokens = options.tokenFile().isPresent()
                ? Optional.of(fileTokens(options.tokenFile().get()))
                : Optional.empty();
        this.issuers = IssuerFile.of(options, tokens.issuers(), time);
        this.anonymous = anonymous(options, issuers.configuration());
        this.jwt = new JwtAuthenticators(
                issuers.configuration(), issuers.algorithms(), tokens.issuers(), pem -> outside(pem, time), time);
        this.webhook = options.webhook().isPresent()
                ? Optional.of(webhook(options.webhook().get()))
                : Optional.empty();
    }

    private static TokenIssuance issuance(IdentityOptions.Tokens asked, TokenKeys own, Time time) throws IOException {
        TokenKeys keys = own;
        if (asked.signingKey().isPresent()) {
            keys = new TokenKeyFiles(asked.signingKey().get(), asked.keys(), time);
        } else if (!asked.keys().isEmpty()) {
            throw new IOException("--service-account-key-file goes with --service-account-signing-key-file");
        }
        List<String> issuers = asked.issuers().isEmpty() ? List.of(ISSUER) : asked.issuers();
        List<String> audiences = asked.audiences().isEmpty() ? issuers : asked.audiences();
        return new TokenIssuance(keys, issuers, audiences, asked.longest(), asked.isExtended());
    }

    private static Supplier<List<X509Certificate>> withOwn(
            Supplier<List<X509Certificate>> own, Optional<Supplier<List<X509Certificate>>> further) {
        return () -> Stream.concat(own.get().stream(), further.map(Supplier::get).orElseGet(List::of).stream())
                .toList();
    }

    private static Supplier<List<X509Certificate>> certificates(Path file, Time time) throws IOException {
        return new RereadFile<>(List.of(file), () -> readCertificates(file), time);
    }

    private static List<X509Certificate> readCertificates(Path file) throws IOException {
        try {
            return PemText.certificates(Files.readString(file));
        } catch (IllegalArgumentException unreadable) {
            throw new IOException(file + ": " + unreadable.getMessage(), unreadable);
        }
    }

    private Proxy proxy(IdentityOptions.Proxy asked) throws IOException {
        if (asked.names().isEmpty()) {
            List<X509Certificate> shared = new ArrayList<>(readCertificates(asked.clientCa()));
            shared.retainAll(clients.get());
            if (!shared.isEmpty()) {
                throw new IOException("--requestheader-client-ca-file and --client-ca-file contain overlapping"
                        + " certificates; --requestheader-allowed-names must be specified to ensure regular client"
                        + " certificates cannot set authenticating proxy headers for arbitrary users");
            }
        }
        return new Proxy(
                certificates(asked.clientCa(), time),
                new ProxyHeaders(asked.names(), asked.users(), asked.uids(), asked.groups(), asked.extras()));
    }

    private static StaticTokens fileTokens(Path file) throws IOException {
        try {
            return StaticTokens.parse(Files.readString(file), file.toString());
        } catch (IllegalArgumentException wrong) {
            throw new IOException("--token-auth-file: " + wrong.getMessage(), wrong);
        }
    }

    private static AuthenticationConfiguration.Anonymous anonymous(
            IdentityOptions options, AuthenticationConfiguration configuration) throws IOException {
        if (configuration.anonymous().isPresent() && options.anonymous().isPresent()) {
            throw new IOException("anonymous: Forbidden: --anonymous-auth flag cannot be set when anonymous field is"
                    + " configured in authentication configuration file");
        }
        return configuration
                .anonymous()
                .orElseGet(() -> new AuthenticationConfiguration.Anonymous(
                        options.anonymous().orElse(true), List.of()));
    }

    private static OutboundHttp outside(String pem, Time time) {
        List<X509Certificate> authorities = pem.isEmpty() ? SystemAuthorities.all() : PemText.certificates(pem);
        return new HttpsCaller(new HttpDialer.Tls(authorities, Optional.empty(), Optional.empty()), time);
    }

    private WebhookTokens webhook(IdentityOptions.Webhook asked) throws IOException {
        ReviewCall call;
        try {
            call = ReviewCalls.find(asked.kubeconfig().toString());
        } catch (IllegalArgumentException unusable) {
            throw new IOException(
                    "--authentication-token-webhook-config-file: " + asked.kubeconfig() + ": " + unusable.getMessage(),
                    unusable);
        }
        try {
            return new WebhookTokens(call, asked.version(), tokens.audiences(), asked.memory(), time);
        } catch (IllegalArgumentException unknown) {
            call.close();
            throw new IOException("--authentication-token-webhook-version: " + unknown.getMessage(), unknown);
        }
    }

    /// How ServiceAccount tokens are made.
    public TokenIssuance tokens() {
        return tokens;
    }

    /// What others need to check these tokens; empty when the issuer is nothing that could be found.
    ///
    /// @param address `HOST:PORT` of the API server
    public Optional<Supplier<IssuerDocuments>> documents(String address) {
        Optional<String> flaw = IssuerDocuments.flaw(tokens.issuer());
        if (flaw.isPresent()) {
            log.warn("no discovery of tokens' keys: {}", flaw.get());
            return Optional.empty();
        }
        String told = options.tokens().keysUrl();
        String url = told.isEmpty() ? "https://" + address + "/openid/v1/jwks" : told;
        return Optional.of(
                () -> new IssuerDocuments(tokens.issuer(), url, tokens.keys().verifying()));
    }

    /// How clients are known.
    ///
    /// @param proxies who vouches for the cluster's own front proxy, and what that is called
    public AuthenticationMeans means(Optional<OwnProxy> proxies) {
        var heads = new ArrayList<Authenticator>();
        proxies.ifPresent(own -> heads.add(
                new ProxyAuthenticator(chain(() -> List.of(own.authority().get())), ProxyHeaders.usual(own.name()))));
        proxy.ifPresent(asked -> heads.add(new ProxyAuthenticator(chain(asked.authorities()), asked.headers())));
        return new AuthenticationMeans(
                chain(clients),
                heads,
                fileTokens.map(Authenticator.class::cast),
                Optional.of(jwt),
                webhook.map(Authenticator.class::cast));
    }

    /// Certificates go by the machine's time, whatever the rest of a simulated cluster goes by.
    private static VouchedChain chain(Supplier<List<X509Certificate>> authorities) {
        return new VouchedChain(authorities, Time.system());
    }

    /// The cluster's own front proxy.
    public record OwnProxy(Supplier<X509Certificate> authority, String name) {}

    /// Everybody who vouches for clients.
    public List<X509Certificate> clientAuthorities() {
        return clients.get();
    }

    /// Those who vouch for the proxy of flags; empty without one.
    public List<X509Certificate> proxyAuthorities() {
        return proxy.map(asked -> asked.authorities().get()).orElseGet(List::of);
    }

    /// The headers of the proxy of flags.
    public Optional<ProxyHeaders> proxyHeaders() {
        return proxy.map(Proxy::headers);
    }

    /// Who is let in without credentials.
    public Entrance entrance() {
        var headers = new ArrayList<String>();
        proxy.ifPresent(asked -> {
            headers.addAll(asked.headers().users());
            headers.addAll(asked.headers().uids());
            headers.addAll(asked.headers().groups());
        });
        return new Entrance(
                anonymous.isEnabled() ? Optional.of(Set.copyOf(anonymous.paths())) : Optional.empty(),
                headers,
                proxy.map(asked -> asked.headers().extras()).orElseGet(List::of));
    }

    /// Begins to ask issuers for what they say of themselves, and to look whether the configuration has changed.
    public void start() {
        jwt.start();
        issuers.follow(jwt);
    }

    @Override
    public void close() {
        issuers.close();
        webhook.ifPresent(WebhookTokens::close);
        jwt.close();
    }
}
