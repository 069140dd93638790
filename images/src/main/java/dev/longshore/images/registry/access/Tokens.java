package dev.longshore.images.registry.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Signs and checks what users carry instead of their password (distribution-spec, token authentication): access
/// tokens for minutes, and refresh tokens that `docker login` keeps. ES256, by a key that only this registry has.
/// Thread-safe.
public final class Tokens {

    /// How long an access token lasts.
    public static final Duration LIFE = Duration.ofMinutes(5);

    private static final Duration REFRESH_LIFE = Duration.ofDays(90);
    private static final Duration SKEW = Duration.ofSeconds(60);
    private static final String KIND = "kind";

    private final ECKey key;
    private final String service;
    private final Time time;

    private Tokens(ECKey key, String service, Time time) {
        this.key = key;
        this.service = service;
        this.time = time;
    }

    /// With the key in `file`, which is made (mode 0600) if it is not there. `service` is the registry's name for
    /// itself.
    public static Tokens of(Path file, String service, SecureRandom randomness, Time time) throws IOException {
        try {
            if (Files.exists(file)) {
                return new Tokens(ECKey.parse(Files.readString(file)), service, time);
            }
            ECKey fresh = new ECKeyGenerator(Curve.P_256)
                    .secureRandom(randomness)
                    .keyIDFromThumbprint(true)
                    .generate();
            Files.createDirectories(file.getParent());
            Path half = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(half);
            Files.createFile(half, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(half, fresh.toJSONString(), StandardOpenOption.WRITE, StandardOpenOption.SYNC);
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return new Tokens(fresh, service, time);
        } catch (ParseException | JOSEException broken) {
            throw new IOException(file + " holds no signing key; remove it to have a new one made", broken);
        }
    }

    /// The registry's name for itself.
    public String service() {
        return service;
    }

    /// What an access token says.
    record Claims(String user, List<Need> access) {}

    String issue(String user, List<Need> access) {
        var byResource = new java.util.LinkedHashMap<List<String>, List<String>>();
        for (Need need : access) {
            byResource
                    .computeIfAbsent(List.of(need.type(), need.name()), absent -> new ArrayList<>())
                    .add(need.action());
        }
        var entries = new ArrayList<Map<String, Object>>();
        byResource.forEach((resource, actions) ->
                entries.add(Map.of("type", resource.get(0), "name", resource.get(1), "actions", actions)));
        return sign(claims(user, LIFE).claim(KIND, "access").claim("access", entries));
    }

    String issueRefresh(String user, String stamp) {
        return sign(claims(user, REFRESH_LIFE).claim(KIND, "refresh").claim("stamp", stamp));
    }

    Optional<Claims> check(String token) {
        return verified(token, "access").flatMap(Tokens::read);
    }

    /// The user whose refresh token this is, unless the password has changed.
    Optional<String> checkRefresh(String token, Htpasswd users) {
        return verified(token, "refresh")
                .filter(claims -> {
                    Optional<String> stamp = users.stamp(claims.getSubject());
                    return stamp.isPresent() && stamp.get().equals(claims.getClaim("stamp"));
                })
                .map(JWTClaimsSet::getSubject);
    }

    private JWTClaimsSet.Builder claims(String user, Duration life) {
        Instant now = time.now();
        return new JWTClaimsSet.Builder()
                .issuer(service)
                .subject(user)
                .audience(service)
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now))
                .expirationTime(Date.from(now.plus(life)))
                .jwtID(UUID.randomUUID().toString());
    }

    private String sign(JWTClaimsSet.Builder claims) {
        try {
            var header = new JWSHeader.Builder(JWSAlgorithm.ES256)
                    .type(JOSEObjectType.JWT)
                    .keyID(key.getKeyID())
                    .build();
            var token = new SignedJWT(header, claims.build());
            token.sign(new ECDSASigner(key));
            return token.serialize();
        } catch (JOSEException broken) {
            throw new IllegalStateException("the registry's key does not sign", broken);
        }
    }

    private Optional<JWTClaimsSet> verified(String text, String kind) {
        try {
            SignedJWT token = SignedJWT.parse(text);
            boolean isOurs = token.getHeader().getAlgorithm().equals(JWSAlgorithm.ES256)
                    && token.verify(new ECDSAVerifier(key.toECPublicKey()));
            if (!isOurs) {
                return Optional.empty();
            }
            JWTClaimsSet claims = token.getJWTClaimsSet();
            Instant now = time.now();
            boolean holds = service.equals(claims.getIssuer())
                    && claims.getAudience().contains(service)
                    && kind.equals(claims.getClaim(KIND))
                    && claims.getExpirationTime().toInstant().isAfter(now)
                    && claims.getNotBeforeTime().toInstant().isBefore(now.plus(SKEW));
            return holds ? Optional.of(claims) : Optional.empty();
        } catch (ParseException | JOSEException notOne) {
            return Optional.empty();
        }
    }

    private static Optional<Claims> read(JWTClaimsSet claims) {
        var access = new ArrayList<Need>();
        if (claims.getClaim("access") instanceof List<?> entries) {
            for (Object entry : entries) {
                if (entry instanceof Map<?, ?> fields && fields.get("actions") instanceof List<?> actions) {
                    for (Object action : actions) {
                        access.add(new Need(
                                String.valueOf(fields.get("type")),
                                String.valueOf(fields.get("name")),
                                String.valueOf(action)));
                    }
                }
            }
        }
        return Optional.of(new Claims(claims.getSubject(), access));
    }
}
