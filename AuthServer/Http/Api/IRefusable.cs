namespace AuthServer.Http.Api;

/// <summary>A handler's argument that may turn out to be unusable: then the handler does not run, and this is the answer.</summary>
public interface IRefusable
{
    Problem? Refusal { get; }
}

/// <summary>The argument that says who calls: refused before any other, so that a stranger does not learn what is wrong with a request.</summary>
public interface ICaller : IRefusable;
