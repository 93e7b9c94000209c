namespace AuthServer.Http.Api;

/// <summary>A handler's argument that may turn out to be unusable: then the handler does not run, and this is the answer.</summary>
public interface IRefusable
{
    Problem? Refusal { get; }
}
