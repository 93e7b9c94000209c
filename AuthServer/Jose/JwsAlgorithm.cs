namespace AuthServer.Jose;

/// <summary>The JWS algorithms this server signs and verifies with (RFC 7518 §3.1). There is no "none" and nothing symmetric.</summary>
public enum JwsAlgorithm
{
    ES256,
    ES384,
    RS256,
    PS256,
}
