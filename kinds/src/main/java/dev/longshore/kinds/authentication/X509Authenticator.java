package dev.longshore.kinds.authentication;

import dev.longshore.model.Authenticator;
import dev.longshore.model.UserInfo;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/// Knows clients by their certificates: the common name is the user, each organization a group, and an attribute of
/// Kubernetes' own the UID.
public final class X509Authenticator implements Authenticator {

    private static final String CREDENTIAL_ID = "authentication.kubernetes.io/credential-id";
    private static final ASN1ObjectIdentifier UID = new ASN1ObjectIdentifier("1.3.6.1.4.1.57683.2");

    private final VouchedChain vouched;

    /// Believes what `vouched` does.
    public X509Authenticator(VouchedChain vouched) {
        this.vouched = vouched;
    }

    @Override
    public Verdict authenticate(Credentials credentials) {
        if (credentials.certificates().isEmpty()) {
            return new Verdict.NotMine();
        }
        try {
            vouched.require(credentials.certificates());
            return user(credentials.certificates().getFirst());
        } catch (Refusal refused) {
            return new Verdict.Rejected(refused.getMessage());
        }
    }

    private static Verdict user(X509Certificate leaf) throws Refusal {
        String name = "";
        var groups = new ArrayList<String>();
        var uids = new ArrayList<String>();
        for (AttributeTypeAndValue part : subject(leaf)) {
            if (part.getType().equals(BCStyle.CN)) {
                name = text(part.getValue());
            } else if (part.getType().equals(BCStyle.O)) {
                groups.add(text(part.getValue()));
            } else if (part.getType().equals(UID)) {
                uids.add(uid(part.getValue()));
            }
        }
        if (name.isEmpty()) {
            return new Verdict.NotMine();
        }
        if (uids.size() > 1) {
            throw new Refusal("expected 1 UID, but found multiple: [" + String.join(" ", uids) + "]");
        }
        return new Verdict.Known(new UserInfo(
                name,
                uids.isEmpty() ? "" : uids.getFirst(),
                groups,
                Map.of(CREDENTIAL_ID, List.of("X509SHA256=" + digest(leaf)))));
    }

    private static List<AttributeTypeAndValue> subject(X509Certificate leaf) throws Refusal {
        var parts = new ArrayList<AttributeTypeAndValue>();
        try {
            X500Name subject =
                    X500Name.getInstance(leaf.getSubjectX500Principal().getEncoded());
            for (RDN part : subject.getRDNs()) {
                parts.addAll(List.of(part.getTypesAndValues()));
            }
            return parts;
        } catch (IllegalArgumentException unreadable) {
            throw new Refusal("the certificate's subject cannot be read");
        }
    }

    private static String uid(ASN1Encodable value) throws Refusal {
        if (!(value instanceof ASN1String)) {
            throw new Refusal("unable to parse UID into a string");
        }
        if (text(value).isEmpty()) {
            throw new Refusal("UID cannot be an empty string");
        }
        return text(value);
    }

    private static String text(ASN1Encodable value) {
        return value instanceof ASN1String string ? string.getString() : "";
    }

    private static String digest(X509Certificate certificate) throws Refusal {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException impossible) {
            throw new Refusal("the certificate cannot be encoded");
        }
    }
}
