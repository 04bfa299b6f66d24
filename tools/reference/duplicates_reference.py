"""Expected numbers of FingerprintTest, by numpy."""
import numpy as np
def area(n,m):
    a=np.zeros((m,n))
    for i in range(m):
        for j in range(n): a[i,j]=max(0,min((i+1)*n/m,j+1)-max(i*n/m,j))
    return a/a.sum(1,keepdims=True)
def picture(w,h,shift):
    y,x=np.mgrid[:h,:w]
    u,v=x/w,y/h
    r=128+100*np.sin(5*u+3*v*v+shift); g=128+90*np.cos(4*v-2*u*v); b=128+80*np.sin(9*u*v+1)
    return np.floor(np.stack([r,g,b],-1)).astype(np.uint8)
def features(p):
    h,w=p.shape[:2]
    c=np.einsum('ij,jkc,lk->ilc',area(h,32),p.astype(float),area(w,32))
    Y=c@[.299,.587,.114]; cb=(c[...,2]-Y)/1.772; cr=(c[...,0]-Y)/1.402
    D=np.array([[np.cos(np.pi*k*(2*n+1)/64) for n in range(32)] for k in range(1,9)])
    C=(D@Y@D.T).ravel(); bits=C>np.median(C)
    margin=np.abs(C-np.median(C)).min()
    s=lambda z,m: z.reshape(m,32//m,m,32//m).mean((1,3)).ravel()
    l=s(Y,16); l=l-l.mean()
    return sum(1<<i for i in range(64) if bits[i]),l,np.concatenate([s(cb,4),s(cr,4)])*4,margin
cos=lambda a,b: a@b/np.linalg.norm(a)/np.linalg.norm(b)
A=features(picture(50,37,0)); 
for n,p in (('same, larger',picture(90,70,0)),('shifted',picture(50,37,.3)),('red for blue',picture(50,37,0)[...,::-1])):
    B=features(p)
    print(n,hex(A[0]),hex(B[0]),bin(A[0]^B[0]).count('1'),'margins',A[3],B[3],'luma',cos(A[1],B[1]),'all',cos(np.r_[A[1],A[2]],np.r_[B[1],B[2]]))
