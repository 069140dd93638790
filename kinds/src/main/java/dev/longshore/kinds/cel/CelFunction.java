package dev.longshore.kinds.cel;

import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelFunctionBinding;
import java.util.List;
import java.util.function.Function;

/// One function that expressions can call, in one form.
///
/// @param name as expressions spell it
/// @param isMember whether it is called on its first argument
/// @param takes the types of its arguments
/// @param java what arguments are in Java
/// @param body throws [IllegalArgumentException] with a sentence for people when it cannot answer
record CelFunction(
        String name,
        boolean isMember,
        CelType result,
        List<CelType> takes,
        List<Class<?>> java,
        Function<List<Object>, Object> body) {

    static final CelType QUANTITY = OpaqueType.create("kubernetes.Quantity");
    static final CelType URL = OpaqueType.create("kubernetes.URL");
    static final CelType IP = OpaqueType.create("net.IP");
    static final CelType CIDR = OpaqueType.create("net.CIDR");
    static final CelType SEMVER = OpaqueType.create("kubernetes.Semver");
    static final CelType FORMAT = OpaqueType.create("kubernetes.NamedFormat");

    CelFunction {
        takes = List.copyOf(takes);
        java = List.copyOf(java);
    }

    /// Called on its first argument.
    static CelFunction member(String name, CelType result, List<CelType> takes, Function<List<Object>, Object> body) {
        return new CelFunction(name, true, result, takes, javaOf(takes), body);
    }

    static CelFunction global(String name, CelType result, List<CelType> takes, Function<List<Object>, Object> body) {
        return new CelFunction(name, false, result, takes, javaOf(takes), body);
    }

    private static List<Class<?>> javaOf(List<CelType> types) {
        return types.stream().<Class<?>>map(CelFunction::javaOf).toList();
    }

    private static Class<?> javaOf(CelType type) {
        if (type.equals(SimpleType.STRING)) {
            return String.class;
        }
        if (type.equals(SimpleType.INT)) {
            return Long.class;
        }
        if (type.equals(SimpleType.BOOL)) {
            return Boolean.class;
        }
        return switch (type.kind()) {
            case LIST -> List.class;
            case OPAQUE -> opaque(type);
            default -> Object.class;
        };
    }

    private static Class<?> opaque(CelType type) {
        return switch (type.name()) {
            case "kubernetes.Quantity" -> dev.longshore.model.Quantity.class;
            case "kubernetes.URL" -> UrlLibrary.Url.class;
            case "net.IP" -> AddressLibrary.Address.class;
            case "net.CIDR" -> AddressLibrary.Range.class;
            case "kubernetes.Semver" -> SemverLibrary.Semver.class;
            case "kubernetes.NamedFormat" -> FormatLibrary.Format.class;
            case AuthorizerLibrary.AUTHORIZER -> AuthorizerLibrary.Asker.class;
            case AuthorizerLibrary.PATH -> AuthorizerLibrary.PathCheck.class;
            case AuthorizerLibrary.GROUP -> AuthorizerLibrary.GroupCheck.class;
            case AuthorizerLibrary.RESOURCE -> AuthorizerLibrary.ResourceCheck.class;
            case AuthorizerLibrary.DECISION -> AuthorizerLibrary.Answer.class;
            default -> Object.class;
        };
    }

    private String id() {
        var id = new StringBuilder("kubernetes_").append(name);
        takes.forEach(type -> id.append('_').append(type.name()));
        return id.toString();
    }

    CelOverloadDecl declaration() {
        return isMember
                ? CelOverloadDecl.newMemberOverload(id(), result, takes)
                : CelOverloadDecl.newGlobalOverload(id(), result, takes);
    }

    /// The library wants bodies that its checker knows to be immutable; it cannot know that of a functional interface.
    @SuppressWarnings("Immutable")
    CelFunctionBinding binding() {
        return CelFunctionBinding.from(id(), java, arguments -> body.apply(List.of(arguments)));
    }
}
